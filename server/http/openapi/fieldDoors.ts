import { fieldsAnswerSchema, newFieldsSchema } from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema } from './schemas.ts';

/** Fields that the organisation adds to our objects. */
export function fieldDoors(): [string, Operation][] {
  return [
    [
      'POST /api/fields',
      {
        summary: 'Add fields of your own to an object',
        body: newFieldsSchema,
        answers: { 201: jsonSchema(fieldsAnswerSchema, 'output') },
      },
    ],
  ];
}
