import { z } from 'zod';
import { valueSchema } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import {
  demoSchema,
  ERROR_STATUS,
  historyEntrySchema,
  meSchema,
  receiptSchema,
  roleAnswerSchema,
  sessionSchema,
} from '../../../shared/protocol/index.ts';

export type Json = Record<string, unknown>;

/** A schema that validates here, as JSON Schema of what may be sent (`input`) or will be answered (`output`). */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  // A transformation (an instant to UTC) has no form in JSON Schema; what goes into it has.
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return json;
}

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const objectSchema = (properties: Json, required: string[] = []): Json => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** Schemas that several doors share. */
export function sharedSchemas(): Json {
  return {
    Error: jsonSchema(errorSchema, 'output'),
    Me: jsonSchema(meSchema, 'output'),
    Session: jsonSchema(sessionSchema, 'output'),
    Receipt: jsonSchema(receiptSchema, 'output'),
    Role: jsonSchema(roleAnswerSchema, 'output'),
    Demo: jsonSchema(demoSchema, 'output'),
    HistoryEntry: jsonSchema(historyEntrySchema, 'output'),
    Total: jsonSchema(z.object({ count: z.int(), sum: z.record(z.string(), z.number()) }), 'output'),
    Gone: jsonSchema(z.object({ id: z.uuid(), version: z.int(), gone: z.literal(true) }), 'output'),
  };
}

const VERSION =
  'The version that the values were meant for: a field that someone changed since is not overwritten';

/** `Deal` as it is answered; `DealValues` and `DealPatch` as they are sent. */
export function recordSchemas(object: ObjectDef): Json {
  const fields = Object.values(object.fields);
  const property = (field: (typeof fields)[number]): Json => ({
    ...jsonSchema(valueSchema(field)),
    title: field.label,
    ...(field.initial === null ? {} : { default: field.initial }),
    ...(field.system ? { readOnly: true } : {}),
    ...(field.target === null ? {} : { 'x-object': field.target }),
    'x-sensitivity': field.sensitivity,
  });
  const values = Object.fromEntries(
    fields.filter((field) => !field.system).map((field) => [field.name, property(field)]),
  );
  const name = schemaName(object);
  return {
    [name]: {
      ...objectSchema(
        {
          id: { type: 'string', format: 'uuid' },
          version: { type: 'integer' },
          created_at: { type: 'string', format: 'date-time' },
          may: jsonSchema(z.object({ actions: z.array(z.string()), edit: z.array(z.string()) }), 'output'),
          ...Object.fromEntries(fields.map((field) => [field.name, property(field)])),
        },
        ['id', 'version', 'created_at', 'may'],
      ),
      description: 'A field that the viewer may not read is absent; an empty one is null.',
    },
    [`${name}Values`]: objectSchema(values),
    [`${name}Patch`]: objectSchema({
      ...values,
      version: { type: 'integer', minimum: 1, description: VERSION },
    }),
  };
}

export const schemaName = (object: ObjectDef): string =>
  object.name.charAt(0).toUpperCase() + object.name.slice(1);

const codes = Object.keys(ERROR_STATUS) as [string, ...string[]];

const errorSchema = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional().meta({ description: 'What is wrong, per field' }),
    needs: z.string().optional().meta({ description: 'The right that is missing' }),
    reason: z.string().optional().meta({ description: 'Why the session is over, with session_ended' }),
    current: z.unknown().optional().meta({ description: 'The record as it is now, for version_conflict' }),
  }),
});
