import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { openNordlicht } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openDoors } from '../http/doors.ts';
import { comeIn, everything } from './outsider.ts';

// Texts that break programs, wherever policy takes a text: each comes back as it went in, or is refused as the asker's
// mistake with nothing written.

const house = await openNordlicht();
const { sql } = house;
let rafael: RawClient;
beforeAll(async () => {
  const { base } = await openDoors(house, { requestsPer10s: 100_000 });
  rafael = await comeIn(house, base, people.rafael);
});

const OWN = [
  'a\u0000b', '\u0000', '\ud800', 'x\udfffy', '\u0001', '\u007f', '\u202eevil', '\ufeff', '\u200b', 'e\u0301', '𝕏'.repeat(30),
  '__proto__', 'constructor', 'toString', '{"or":[]}', '$1', '%', '_', '\\', "'; drop table role; --", '${x}', '{Head}',
  '=1+1', '<script>alert(1)</script>', 'a\nb', 'a\tb', ' blank ', '\u00a0', '😀'.repeat(39), 'İ', 'ﬁ', 'null', 'NaN', '-0',
]; // prettier-ignore
// Lies beside the project where it is being built; a clone stands alone without it.
const STRINGS = join(import.meta.dirname, '../../../../shared/data/blns/blns.json');
const NAUGHTY = existsSync(STRINGS) ? (JSON.parse(readFileSync(STRINGS, 'utf8')) as string[]) : [];
const ALL = [...OWN, ...NAUGHTY].filter((text) => text !== '');
/** Where each costs a rule that is made and brought to records. */
const SOME = [...OWN, ...NAUGHTY.filter((_, i) => i % 8 === 0)];

const short = (text: string, most: number): string => [...text].slice(0, Math.floor(most / 2)).join('');

/** Sends it, and takes back what came of it; answers what the door said, or null where it was refused. */
async function kept(path: string, body: object): Promise<Record<string, unknown> | null> {
  const before = await everythingButTheTrail();
  const answer = await rafael.post(path, body);
  if (answer.status >= 400) {
    expect([400, 422], `${path} ${JSON.stringify(body)} ${answer.text}`).toContain(answer.status);
    expect(await everythingButTheTrail(), JSON.stringify(body)).toEqual(before);
    return null;
  }
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body as Record<string, unknown>;
}

const everythingButTheTrail = async () => (SLOW ? everything(sql) : null);
/** Digests of all tables for each of a thousand texts would take minutes: for our own they are made. */
let SLOW = false;

async function removed(path: string): Promise<void> {
  expect((await rafael.delete(path)).status).toBe(200);
}

describe.each([
  ['our own', OWN, OWN, true],
  [`${NAUGHTY.length} naughty ones`, ALL, SOME, false],
])('%s', { timeout: 300_000 }, (_what, all, some, slow) => {
  beforeAll(() => void (SLOW = slow));

  test('name roles and say what they are for', async () => {
    let made = 0;
    for (const text of all) {
      const name = short(text, 80);
      const policy = { name, purpose: short(text, 400), grants: {}, fields: {}, system: [] };
      const role = await kept('/api/roles', policy);
      if (!role) continue;
      made++;
      expect([role['name'], role['purpose']]).toEqual([name.trim(), short(text, 400).trim()]);
      expect((await rafael.get(`/api/roles/${String(role['id'])}`)).body).toMatchObject({
        name: name.trim(),
      });
      await removed(`/api/roles/${String(role['id'])}`);
    }
    expect(made).toBeGreaterThan(all.length / 3);
  });

  test('stand in the keys of roles, where they are no objects and no fields', async () => {
    for (const text of some) {
      const base = { name: 'Keys', purpose: '', grants: {}, fields: {}, system: [] };
      for (const change of [
        { grants: { [text]: { read: ['all'] } } },
        { fields: { deal: { [text]: 'read' } } },
        { fields: { [text]: {} } },
        { system: [text] },
        { hands_out: [text] },
      ]) {
        const made = await kept('/api/roles', { ...base, ...change });
        // What no object of JavaScript can hold as a key is not there when it is looked at.
        if (text !== '__proto__') expect(made, JSON.stringify(change)).toBeNull();
        else if (made) {
          expect(made).toMatchObject({ ...base, grants: {} });
          await removed(`/api/roles/${String(made['id'])}`);
        }
      }
    }
  });

  test('name rules and restrictions, and are what these look for', async () => {
    const to = { kind: 'team', id: teams.south };
    for (const text of some) {
      const criteria = {
        or: [{ title: text }, { title: { contains: short(text, 200) } }, { next_step: [text] }],
      };
      for (const name of [short(text, 80), 'Plain']) {
        const rule = await kept('/api/sharing-rules', { name, object: 'deal', criteria, to, level: 'read' });
        if (rule) {
          expect([rule['name'], rule['criteria']]).toEqual([name.trim(), criteria]);
          await removed(`/api/sharing-rules/${String(rule['id'])}`);
        }
        const restriction = await kept('/api/restrictions', { name, object: 'deal', criteria, except: [] });
        if (restriction) await removed(`/api/restrictions/${String(restriction['id'])}`);
      }
    }
  });

  test('are counted, asked for and searched', async () => {
    for (const text of all) {
      await kept('/api/criteria/count', { object: 'deal', criteria: { title: text, [text]: text } });
      await kept('/api/criteria/count', { object: 'deal', criteria: { title: { [text]: text } } });
      await kept('/api/criteria/count', { object: text.slice(0, 60), criteria: {} });
      const id = newId();
      const query = new URLSearchParams({
        q: short(text, 100),
        group: text.slice(0, 300),
        object: 'deal',
        id,
      });
      for (const path of [
        `/api/who-can-see?${query}`,
        `/api/explain?${new URLSearchParams({ user: people.anna.id, action: 'read', object: text.slice(0, 60), id, field: text.slice(0, 60) })}`,
        `/api/search?${new URLSearchParams({ q: text })}`,
        `/api/assignments?${new URLSearchParams({ role: text })}`,
      ]) {
        const { status, text: said } = await rafael.get(path);
        expect([200, 400, 404, 422, 431], `${path} ${said}`).toContain(status);
      }
    }
  });

  test('are reasons for looking as somebody else', async () => {
    for (const text of some) {
      const begun = await kept('/api/see-as', { user: people.anna.id, why: short(text, 500) });
      if (!begun) continue;
      const [row] = await sql<
        { why: string | null }[]
      >`select why from see_as where id = ${String(begun['id'])}`;
      expect(must(row, 'the line').why).toBe(short(text, 500).trim());
      await removed('/api/see-as');
    }
  });

  test('are previewed', async () => {
    const rule = (text: string) => ({ object: 'deal', criteria: { title: text }, to: { kind: 'team', id: teams.south }, level: 'read', name: short(text, 80) }); // prettier-ignore
    for (const text of some.slice(0, 60))
      for (const change of [
        { kind: 'sharing_rule', rule: rule(text) },
        { kind: 'role', policy: { name: short(text, 80), purpose: text.slice(0, 400) } },
        { kind: 'role', policy: { name: short(text, 80), purpose: '', grants: {}, fields: {}, system: [] } },
        { kind: 'territory', values: { name: short(text, 80) } },
        { kind: 'baseline', object: text, baseline: 'read' },
        { kind: text },
      ]) {
        const { status, text: said } = await rafael.post('/api/role-preview', { change });
        expect([200, 400, 404, 422], `${JSON.stringify(change)} ${said}`).toContain(status);
      }
  });

  test('are labels of fields and of what can be chosen', async () => {
    for (const [i, text] of some.slice(0, 60).entries()) {
      const fields = [
        { label: `${i} ${short(text, 70)}`, kind: 'choice', choices: [short(text, 80), `Other ${i}`] },
      ];
      const added = await kept('/api/fields', { object: 'activity', fields });
      if (added)
        expect((added['fields'] as { label: string }[])[0]?.label).toBe(must(fields[0], 'it').label.trim());
    }
  });
});
