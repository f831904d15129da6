import {
  accessRequestSchema,
  askedForSchema,
  askedSchema,
  declineSchema,
  grantPreviewSchema,
  grantSchema,
  ownRequestSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema, type Json } from './schemas.ts';

/** Asking for access, and answering. */
export function requestDoors(): [string, Operation][] {
  return [
    [
      'POST /api/access-requests',
      {
        summary:
          'Ask for a record, a field of it or an action; the answer is the same whether it is there or not',
        body: accessRequestSchema,
        answers: { 202: jsonSchema(askedSchema, 'output') },
        idempotent: true,
      },
    ],
    [
      'GET /api/me/access-requests',
      {
        summary: 'What I have asked for, and how it stands',
        answers: { 200: list(jsonSchema(ownRequestSchema, 'output')) },
      },
    ],
    [
      'GET /api/access-requests',
      {
        summary: 'What others ask for that I could give them',
        answers: { 200: list(jsonSchema(askedForSchema, 'output')) },
      },
    ],
    [
      'POST /api/access-requests/{id}/preview',
      {
        summary: 'What giving it would open, without giving it',
        body: grantSchema,
        answers: { 200: jsonSchema(grantPreviewSchema, 'output') },
      },
    ],
    [
      'POST /api/access-requests/{id}/grant',
      {
        summary: 'Give it, for a while: by a share of the record, or by a role',
        body: grantSchema,
        answers: { 200: answered },
        idempotent: true,
      },
    ],
    [
      'POST /api/access-requests/{id}/decline',
      { summary: 'Do not give it', body: declineSchema, answers: { 200: answered }, idempotent: true },
    ],
  ];
}

const answered: Json = objectSchema({ id: { type: 'string', format: 'uuid' }, status: { type: 'string' } }, [
  'id',
  'status',
]);
const list = (row: Json): Json =>
  objectSchema({ rows: { type: 'array', items: row }, next: { type: 'null' } }, ['rows', 'next']);
