import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as http from '../../../shared/protocol/http.ts';
import * as socket from '../../../shared/protocol/socket.ts';
import * as why from '../../../shared/protocol/why.ts';
import { ERROR_STATUS } from '../../../shared/protocol/errors.ts';
import { viewSchema } from '../../../shared/protocol/view.ts';

/**
 * The wire of each version that was ever in use. When this test fails, the shape of a message has changed: clients that
 * are open in browsers, and programs that others wrote, would misread it. Raise PROTOCOL_VERSION in
 * shared/protocol/socket.ts, add a line here, and tell of it in docs/protocol.md.
 */
const WIRE: Record<number, string> = {
  1: '5daee02f74a0396d',
  2: '9774fd7255dd9384',
  3: '89b0bbfb63175954',
  4: 'a8e5d9ccec46e229',
  5: '659947ac21090525',
};

test('the wire changes only with its version', () => {
  const now = createHash('sha256')
    .update(JSON.stringify(wire(), null, 1))
    .digest('hex')
    .slice(0, 16);
  expect(now, 'The wire has changed: raise PROTOCOL_VERSION and pin the new shape in this file').toBe(
    WIRE[socket.PROTOCOL_VERSION],
  );
});

/** All that travels: messages that are validated, by their schemas; those that are only typed, by their declarations. */
function wire(): Record<string, unknown> {
  const schemas = { ...http, ...socket, ...why, viewSchema };
  const validated = Object.entries(schemas).flatMap(([name, schema]) =>
    schema instanceof z.ZodType
      ? [[name, z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })] as const]
      : [],
  );
  return {
    validated: Object.fromEntries(validated.sort(([a], [b]) => (a < b ? -1 : 1))),
    errors: ERROR_STATUS,
    ends: socket.END_REASONS,
    typed: [
      ...declarations('protocol/socket.ts', [
        'OpenAnswer',
        'MoreAnswer',
        'Answer',
        'Fields',
        'WireEvent',
        'Present',
        'PresenceNews',
        'ResyncReason',
        'ServerToClient',
        'ClientToServer',
      ]),
      ...declarations('protocol/totals.ts', ['Total', 'Totals']),
      ...declarations('protocol/errors.ts', ['ErrorBody']),
      ...declarations('access/decide.ts', ['May', 'MaskedRecord']),
      ...declarations('fields/types.ts', ['Value', 'StageDef']),
    ],
  };
}

/** Types and interfaces as they are written, without comments and spaces. */
function declarations(file: string, names: string[]): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../../shared', file), 'utf8');
  const code = text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return names.map((name) => {
    const found = new RegExp(
      `^export (?:interface|type) ${name}\\b[^]*?(?=^(?:export|const|function|/\\*)|$(?![^]))`,
      'm',
    ).exec(code);
    if (!found) throw new Error(`shared/${file} declares no ${name}`);
    return found[0].replace(/\s+/g, '');
  });
}
