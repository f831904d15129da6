import {
  columnFieldsSchema,
  importMapSchema,
  importPreviewSchema,
  importResultSchema,
  readingQuerySchema,
  uploadQuerySchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, ref } from './schemas.ts';

/** Bringing files in. What an import is, and how far it has come, is a record like others. */
export function importDoors(): [string, Operation][] {
  const started = { 202: ref('Import') };
  return [
    [
      'POST /api/imports',
      {
        summary: 'Send a file of rows, as it is',
        query: uploadQuerySchema,
        file: true,
        answers: { 201: ref('Import') },
      },
    ],
    [
      'GET /api/imports/{id}/preview',
      {
        summary: 'How the file looks, and what its columns can become',
        query: readingQuerySchema,
        answers: { 200: jsonSchema(importPreviewSchema, 'output') },
      },
    ],
    [
      'GET /api/imports/{id}/columns',
      {
        summary: 'Which fields its columns would make',
        answers: { 200: jsonSchema(columnFieldsSchema, 'output') },
      },
    ],
    [
      'PUT /api/imports/{id}/map',
      {
        summary: 'Say what the columns mean',
        body: importMapSchema,
        answers: { 200: jsonSchema(importMapSchema, 'output') },
      },
    ],
    [
      'POST /api/imports/{id}/check',
      { summary: 'See what would come in, without a record', answers: started },
    ],
    ['POST /api/imports/{id}/run', { summary: 'Bring the rows in, or go on with it', answers: started }],
    ['POST /api/imports/{id}/stop', { summary: 'Pause', answers: started }],
    ['POST /api/imports/{id}/undo', { summary: 'Take back what came in', answers: started }],
    [
      'GET /api/imports/{id}/result',
      {
        summary: 'What was found, done or taken back',
        answers: { 200: jsonSchema(importResultSchema, 'output') },
      },
    ],
    [
      'GET /api/imports/{id}/refused',
      {
        summary: 'The refused rows as a file to be mended',
        answers: { 200: { type: 'string' } },
        type: 'text/csv; charset=utf-8',
      },
    ],
  ];
}
