import { z } from 'zod';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import {
  assignmentAnswerSchema,
  assignmentRowSchema,
  assignmentSchema,
  assignmentsQuerySchema,
  deleteQuerySchema,
  exportQuerySchema,
  exportSizeSchema,
  listQuerySchema,
  joinSchema,
  signInSchema,
  unassignQuerySchema,
  welcomeSchema,
} from '../../../shared/protocol/index.ts';
import { roleSchema } from '../../../shared/access/index.ts';
import { historyQuery } from '../records.ts';
import { rolePatchBody } from '../roles.ts';
import { endOwnQuery } from '../sessions.ts';
import { dataDoors } from './dataDoors.ts';
import { importDoors } from './importDoors.ts';
import { fieldDoors } from './fieldDoors.ts';
import { operation, type Operation } from './operations.ts';
import { organisationDoors } from './organisationDoors.ts';
import { policyDoors } from './policyDoors.ts';
import { proposalDoors } from './proposalDoors.ts';
import { requestDoors } from './requestDoors.ts';
import { ruleDoors } from './ruleDoors.ts';
import { supportDoors } from './supportDoors.ts';
import { whyDoors } from './whyDoors.ts';
import {
  jsonSchema,
  objectSchema,
  recordSchemas,
  ref,
  schemaName,
  sharedSchemas,
  type Json,
} from './schemas.ts';

const described = new WeakMap<Registry, Json>();

/** The whole API as OpenAPI 3.1, made from the schemas that validate and from the registry. */
export function describeApi(registry: Registry, publicUrl: string): Json {
  let document = described.get(registry);
  if (!document) described.set(registry, (document = describe(registry, publicUrl)));
  return document;
}

function describe(registry: Registry, publicUrl: string): Json {
  const objects = [...registry.objects.values()];
  const paths: Record<string, Json> = {};
  const doors = [
    ...fixedDoors(),
    ...supportDoors(),
    ...dataDoors(),
    ...importDoors(),
    ...organisationDoors(),
    ...fieldDoors(),
    ...policyDoors(),
    ...ruleDoors(),
    ...whyDoors(),
    ...requestDoors(),
    ...proposalDoors(),
    ...objects.flatMap(recordDoors),
  ];
  for (const [door, told] of doors) {
    const [method = '', path = ''] = door.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = operation(path, told);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rolecall',
      version: '1',
      description: 'Every answer holds what the caller may see, and nothing else. See docs/protocol.md.',
    },
    servers: [{ url: publicUrl }],
    security: [{ session: [] }],
    paths,
    components: {
      schemas: Object.assign(sharedSchemas(), ...objects.map(recordSchemas)) as Json,
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'rolecall',
          description: '__Host-rolecall where it is served by TLS',
        },
        visitor: { type: 'http', scheme: 'bearer', description: 'Of a customer, from POST /api/visitor' },
      },
    },
  };
}

function fixedDoors(): [string, Operation][] {
  const receipt = { 200: ref('Receipt') };
  const user = objectSchema({
    user: jsonSchema(z.object({ id: z.uuid(), name: z.string(), email: z.string().nullable() }), 'output'),
  });
  return [
    [
      'POST /api/session',
      {
        summary: 'Sign in; the answer sets the cookie',
        body: signInSchema,
        answers: { 200: user },
        open: true,
      },
    ],
    ['DELETE /api/session', { summary: 'Sign out', answers: receipt }],
    [
      'POST /api/welcome',
      { summary: 'Accept an invitation', body: welcomeSchema, answers: { 201: user }, open: true },
    ],
    [
      'POST /api/join',
      {
        summary: 'Choose a password by the link of an invitation, and sign in',
        body: joinSchema,
        answers: { 201: user },
        open: true,
      },
    ],
    ['GET /api/me', { summary: 'Who asks, and what they may', answers: { 200: ref('Me') } }],
    ['GET /api/demo', { summary: 'The accounts of the demo', answers: { 200: ref('Demo') }, open: true }],
    ['GET /api/sessions', { summary: "The caller's sessions", answers: { 200: list(ref('Session')) } }],
    [
      'DELETE /api/sessions',
      { summary: "End the caller's sessions", query: endOwnQuery, idempotent: true, answers: receipt },
    ],
    ['DELETE /api/sessions/{id}', { summary: 'End one session', idempotent: true, answers: receipt }],
    [
      'GET /api/users/{id}/sessions',
      { summary: "A person's sessions", answers: { 200: list(ref('Session')) } },
    ],
    [
      'DELETE /api/users/{id}/sessions',
      { summary: "End a person's sessions", idempotent: true, answers: receipt },
    ],
    [
      'DELETE /api/roles/{id}/sessions',
      { summary: 'End the sessions of all who hold a role', idempotent: true, answers: receipt },
    ],
    ['GET /api/roles', { summary: 'Roles', answers: { 200: list(ref('Role')) } }],
    ['POST /api/roles', { summary: 'Add a role', body: roleSchema, answers: { 201: ref('Role') } }],
    ['GET /api/roles/{id}', { summary: 'One role', answers: { 200: ref('Role') } }],
    [
      'PATCH /api/roles/{id}',
      { summary: 'Change a role', body: rolePatchBody, answers: { 200: ref('Role') } },
    ],
    [
      'GET /api/assignments',
      {
        summary: 'Who holds what: of a person (by their teams too), a team, or a role',
        query: assignmentsQuerySchema,
        answers: { 200: list(jsonSchema(assignmentRowSchema, 'output')) },
      },
    ],
    [
      'DELETE /api/roles/{id}',
      { summary: 'Delete a role that nobody holds', idempotent: true, answers: { 200: roleGone } },
    ],
    [
      'POST /api/assignments',
      {
        summary: 'Give somebody, or a team, a role',
        body: assignmentSchema,
        idempotent: true,
        answers: { 201: assignment },
      },
    ],
    [
      'DELETE /api/assignments',
      {
        summary: 'Take a role from somebody, or a team',
        query: unassignQuerySchema,
        idempotent: true,
        answers: { 200: unassigned },
      },
    ],
  ];
}

function recordDoors(object: ObjectDef): [string, Operation][] {
  const record = ref(schemaName(object));
  const values = ref(`${schemaName(object)}Values`);
  const path = `/api/${object.plural}`;
  const one = `${path}/{id}`;
  const plural = object.labelPlural.toLowerCase();
  const label = object.label.toLowerCase();
  const total = { total: ref('Total') };
  const reads: [string, Operation][] = [
    [
      `GET ${path}`,
      { summary: `List ${plural}`, query: listQuerySchema, answers: { 200: list(record, total) } },
    ],
    [`GET ${one}`, { summary: `One ${label}`, answers: { 200: record } }],
  ];
  if (object.name === 'session') return reads.slice(1);
  // What has no grants of its own has none to export it.
  if (!object.grantedBy) reads.push(...exportDoors(path, plural));
  // What only the program writes is there to be read.
  if (Object.values(object.fields).every(({ system }) => system)) return reads;
  const idempotent = true;
  const history: Operation = { summary: `What happened to one ${label}`, query: historyQuery, answers: { 200: historyPage } }; // prettier-ignore
  const add: Operation = { summary: `Add one ${label}`, body: values, answers: { 201: record }, idempotent };
  const all: [string, Operation][] = [
    ...reads,
    ...(object.history ? [[`GET ${one}/history`, history] satisfies [string, Operation]] : []),
    [`POST ${path}`, add],
  ];
  // What was said stays as it was said.
  if (object.grantedBy) return all;
  return [
    ...all,
    [
      `PATCH ${one}`,
      {
        summary: `Change one ${label}`,
        body: ref(`${schemaName(object)}Patch`),
        answers: { 200: { anyOf: [record, ref('Gone')] } },
        idempotent,
      },
    ],
    [
      `DELETE ${one}`,
      {
        summary: `Put one ${label} into the bin`,
        query: deleteQuerySchema,
        answers: { 200: ref('Gone') },
        idempotent,
      },
    ],
    [
      `POST ${one}/restore`,
      { summary: `Take one ${label} out of the bin`, answers: { 200: record }, idempotent },
    ],
  ];
}

const exportDoors = (path: string, plural: string): [string, Operation][] => [
  [
    `GET ${path}/export`,
    {
      summary: `${plural.charAt(0).toUpperCase()}${plural.slice(1)} as a file of rows`,
      query: exportQuerySchema,
      answers: { 200: { type: 'string' } },
      type: 'text/csv; charset=utf-8',
    },
  ],
  [
    `GET ${path}/export/size`,
    {
      summary: 'How many rows that file would have, and how many the list has',
      query: exportQuerySchema,
      answers: { 200: jsonSchema(exportSizeSchema, 'output') },
    },
  ],
];

const list = (row: Json, more: Json = {}): Json =>
  objectSchema({ rows: { type: 'array', items: row }, next: { type: ['string', 'null'] }, ...more }, [
    'rows',
    'next',
  ]);

const assignment = jsonSchema(assignmentAnswerSchema, 'output');
const unassigned = jsonSchema(unassignQuerySchema.extend({ gone: z.literal(true) }), 'output');
const roleGone = jsonSchema(z.object({ id: z.uuid(), gone: z.literal(true) }), 'output');

const historyPage: Json = objectSchema(
  { entries: { type: 'array', items: ref('HistoryEntry') }, next: { type: ['integer', 'null'] } },
  ['entries', 'next'],
);
