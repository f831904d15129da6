import {
  explainQuerySchema,
  explanationSchema,
  myRightsSchema,
  seeAsAnswerSchema,
  seeAsQuerySchema,
  seeAsSchema,
  seersSchema,
  whoCanSeeQuerySchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema } from './schemas.ts';

/** Why somebody may do something, who may see something, and what others see. */
export const whyDoors = (): [string, Operation][] => [
  [
    'GET /api/explain',
    {
      summary: 'Why somebody may do something, or what is missing for it',
      query: explainQuerySchema,
      answers: { 200: jsonSchema(explanationSchema, 'output') },
    },
  ],
  [
    'GET /api/who-can-see',
    {
      summary: 'Who may see a record, or one field of it',
      query: whoCanSeeQuerySchema,
      answers: { 200: jsonSchema(seersSchema, 'output') },
    },
  ],
  [
    'GET /api/me/rights',
    {
      summary: 'What my rights come from beside my roles',
      answers: { 200: jsonSchema(myRightsSchema, 'output') },
    },
  ],
  [
    'POST /api/see-as',
    {
      summary: 'Look as somebody else, or as a role: read only, with the header rolecall-see-as',
      body: seeAsSchema,
      answers: { 201: jsonSchema(seeAsAnswerSchema, 'output') },
    },
  ],
  [
    'DELETE /api/see-as',
    {
      summary: 'Look as oneself again',
      query: seeAsQuerySchema,
      answers: { 200: objectSchema({ ended: { type: 'integer' } }, ['ended']) },
    },
  ],
];
