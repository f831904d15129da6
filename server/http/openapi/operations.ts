import { z } from 'zod';
import { ERROR_STATUS } from '../../../shared/protocol/index.ts';
import { jsonSchema, ref, type Json } from './schemas.ts';

/** A door of the API, as OpenAPI wants it told. */
export interface Operation {
  summary: string;
  /** Keys of the query. */
  query?: z.ZodObject;
  /** What is sent: a schema that validates here, or the name of a shared one. */
  body?: z.ZodType | Json;
  /** Whether a file is sent, as it is. */
  file?: boolean;
  /** What is answered, by status; null for nothing. */
  answers: Record<number, Json | null>;
  /** What is answered is no JSON but this: `text/csv`. */
  type?: string;
  /** Whether one must be signed in; by default so. */
  open?: boolean;
  /** Whether one comes by a visitor's token instead. */
  by?: 'visitor';
  /** Whether `Idempotency-Key` is honoured. */
  idempotent?: boolean;
}

export function operation(
  path: string,
  { summary, query, body, file, answers, type, open, by, idempotent }: Operation,
): Json {
  const parameters = [
    ...pathParameters(path),
    ...(query ? queryParameters(query) : []),
    ...(idempotent ? [KEY] : []),
  ];
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: content(body instanceof z.ZodType ? jsonSchema(body) : body),
          },
        }
      : {}),
    ...(file ? { requestBody: { required: true, content: { 'application/octet-stream': {} } } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: 'Done', ...(schema ? { content: content(schema, type) } : {}) },
        ]),
      ),
      default: { description: REFUSALS, content: content(ref('Error')) },
    },
    ...(open ? { security: [] } : by ? { security: [{ [by]: [] }] } : {}),
  };
}

const content = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } });

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));

function queryParameters(schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

const KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key for every try of one act: it is done once, and answered with the rights of now',
  schema: { type: 'string', maxLength: 200 },
};

const REFUSALS = `Refused. ${Object.entries(ERROR_STATUS)
  .map(([code, status]) => `${status} ${code}`)
  .join(' · ')}`;
