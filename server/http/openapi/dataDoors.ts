import {
  duplicatesAnswerSchema,
  duplicatesQuerySchema,
  healthAnswerSchema,
  healthQuerySchema,
  searchAnswerSchema,
  searchQuerySchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema } from './schemas.ts';

/** Looking through the records of all objects. */
export function dataDoors(): [string, Operation][] {
  return [
    [
      'GET /api/search',
      {
        summary: 'Records of every kind in which all words stand',
        query: searchQuerySchema,
        answers: { 200: jsonSchema(searchAnswerSchema, 'output') },
      },
    ],
    [
      'GET /api/data-health',
      {
        summary: 'What is to be mended in the data, check by check',
        query: healthQuerySchema,
        answers: { 200: jsonSchema(healthAnswerSchema, 'output') },
      },
    ],
    [
      'GET /api/data-health/duplicates',
      {
        summary: 'Likely duplicates among the records of an object',
        query: duplicatesQuerySchema,
        answers: { 200: jsonSchema(duplicatesAnswerSchema, 'output') },
      },
    ],
  ];
}
