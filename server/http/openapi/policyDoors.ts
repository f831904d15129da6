import {
  policyChangeEntrySchema,
  previewAnswerSchema,
  previewRequestSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema, type Json } from './schemas.ts';

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
    [
      'GET /api/policy-changes',
      {
        summary: 'The latest changes of policy, and which of them were taken back',
        answers: { 200: list(jsonSchema(policyChangeEntrySchema, 'output')) },
      },
    ],
    [
      'POST /api/policy-changes/{id}/undo',
      {
        summary: 'Take a change of policy back, by the opposite change',
        idempotent: true,
        answers: { 200: jsonSchema(policyChangeEntrySchema, 'output') },
      },
    ],
  ];
}

const list = (row: Json): Json =>
  objectSchema({ rows: { type: 'array', items: row }, next: { type: 'null' } }, ['rows', 'next']);
