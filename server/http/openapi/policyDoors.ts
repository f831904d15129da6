import { previewAnswerSchema, previewRequestSchema } from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema } from './schemas.ts';

/** Changes of policy: what they come to. */
export function policyDoors(): [string, Operation][] {
  return [
    [
      'POST /api/role-preview',
      {
        summary: 'What a change of policy would come to, without making it',
        body: previewRequestSchema,
        answers: { 200: jsonSchema(previewAnswerSchema, 'output') },
      },
    ],
  ];
}
