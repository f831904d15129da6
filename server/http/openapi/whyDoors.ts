import {
  explainQuerySchema,
  explanationSchema,
  seersSchema,
  whoCanSeeQuerySchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema } from './schemas.ts';

/** Why somebody may do something, and who may see something. */
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
];
