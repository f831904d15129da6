import { z } from 'zod';
import {
  baselineAnswerSchema,
  baselineSchema,
  criteriaCountAnswerSchema,
  criteriaCountSchema,
  policyDeleteQuerySchema,
  restrictionAnswerSchema,
  restrictionPatchSchema,
  restrictionSchema,
  shareAnswerSchema,
  shareSchema,
  sharesQuerySchema,
  sharingRuleAnswerSchema,
  sharingRulePatchSchema,
  sharingRuleSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema, type Json } from './schemas.ts';

/** Sharing rules, restrictions, and shares of single records. */
export function ruleDoors(): [string, Operation][] {
  return [
    ...doorsOf('sharing-rules', 'sharing rule', {
      body: sharingRuleSchema,
      patch: sharingRulePatchSchema,
      answer: jsonSchema(sharingRuleAnswerSchema, 'output'),
    }),
    ...doorsOf('restrictions', 'restriction', {
      body: restrictionSchema,
      patch: restrictionPatchSchema,
      answer: jsonSchema(restrictionAnswerSchema, 'output'),
    }),
    [
      'GET /api/shares',
      {
        summary: 'To whom a record has been shared',
        query: sharesQuerySchema,
        answers: { 200: list(share) },
      },
    ],
    [
      'POST /api/shares',
      { summary: 'Share a record', body: shareSchema, answers: { 201: share }, idempotent: true },
    ],
    ['DELETE /api/shares/{id}', { summary: 'Take a share back', answers: { 200: gone }, idempotent: true }],
    [
      'GET /api/baselines',
      { summary: 'What everyone signed in may do, by object', answers: { 200: list(baseline) } },
    ],
    [
      'PUT /api/baselines/{object}',
      {
        summary: 'Open all records of an object to everyone signed in, or close them',
        body: baselineSchema,
        answers: { 200: baseline },
        idempotent: true,
      },
    ],
    [
      'POST /api/criteria/count',
      {
        summary: 'How many records criteria match',
        body: criteriaCountSchema,
        answers: { 200: jsonSchema(criteriaCountAnswerSchema, 'output') },
      },
    ],
  ];
}

const doorsOf = (
  plural: string,
  label: string,
  { body, patch, answer }: { body: z.ZodType; patch: z.ZodType; answer: Json },
): [string, Operation][] => [
  [`GET /api/${plural}`, { summary: `All ${label}s`, answers: { 200: list(answer) } }],
  [`GET /api/${plural}/{id}`, { summary: `One ${label}`, answers: { 200: answer } }],
  [`POST /api/${plural}`, { summary: `Add a ${label}`, body, answers: { 201: answer }, idempotent: true }],
  [
    `PATCH /api/${plural}/{id}`,
    { summary: `Change a ${label}`, body: patch, answers: { 200: answer }, idempotent: true },
  ],
  [
    `DELETE /api/${plural}/{id}`,
    {
      summary: `Take a ${label} away`,
      query: policyDeleteQuerySchema,
      answers: { 200: gone },
      idempotent: true,
    },
  ],
];

const share = jsonSchema(shareAnswerSchema, 'output');
const baseline = jsonSchema(baselineAnswerSchema, 'output');
const gone = jsonSchema(z.object({ id: z.uuid(), gone: z.literal(true) }), 'output');

const list = (row: Json): Json =>
  objectSchema({ rows: { type: 'array', items: row }, next: { type: ['string', 'null'] } }, ['rows', 'next']);
