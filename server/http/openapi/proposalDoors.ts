import {
  policySettingSchema,
  proposalAnswerBodySchema,
  proposalAnswerSchema,
  proposalSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema, type Json } from './schemas.ts';

/** Changes of policy that wait for somebody else's approval. */
export function proposalDoors(): [string, Operation][] {
  const setting = jsonSchema(policySettingSchema, 'output');
  return [
    [
      'GET /api/policy-setting',
      { summary: 'Whether changes of policy wait for approval', answers: { 200: setting } },
    ],
    [
      'PUT /api/policy-setting',
      {
        summary: 'Have changes of policy wait for somebody else’s approval, or not',
        body: policySettingSchema,
        answers: { 200: setting },
      },
    ],
    [
      'GET /api/policy-proposals',
      {
        summary: 'Changes of policy that wait for approval, and those answered last',
        answers: { 200: list(jsonSchema(proposalAnswerSchema, 'output')) },
      },
    ],
    [
      'POST /api/policy-proposals',
      {
        summary: 'Propose a change of policy, with a reason',
        body: proposalSchema,
        answers: { 201: answered },
        idempotent: true,
      },
    ],
    ...(['approve', 'decline', 'withdraw'] as const).map((act): [string, Operation] => [
      `POST /api/policy-proposals/{id}/${act}`,
      {
        summary: SUMMARIES[act],
        body: proposalAnswerBodySchema,
        answers: { 200: answered },
        idempotent: true,
      },
    ]),
  ];
}

const SUMMARIES = {
  approve: 'Have a proposed change made, with the rights of who proposed it',
  decline: 'Say no to a proposed change',
  withdraw: 'Take back a proposal of one’s own',
};

const answered: Json = objectSchema({ id: { type: 'string', format: 'uuid' }, status: { type: 'string' } }, [
  'id',
  'status',
]);
const list = (row: Json): Json =>
  objectSchema({ rows: { type: 'array', items: row }, next: { type: 'null' } }, ['rows', 'next']);
