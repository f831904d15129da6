import { loadCustomFields } from '../../server/access/customFields.ts';
import type { Sql } from '../../server/db/connect.ts';
import { imageSql } from '../../server/records/imageSql.ts';
import type { Image } from '../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { ViewRequest } from '../../shared/protocol/index.ts';
import { askOracle, type Answer } from '../world/oracle.ts';
import type { RigClient } from './client.ts';
import { RECORDS } from './witness.ts';

type Row = Record<string, unknown> & { id: string };

/** Views of clients that do not show exactly what the oracle says, in words; looked at again until none is left or time is over. */
export async function whatIsHeld(
  sql: Sql,
  clients: readonly RigClient[],
  limit_ms: number,
): Promise<string[]> {
  const registry = new Registry(OBJECTS, await loadCustomFields(sql));
  const over_ms = performance.now() + limit_ms;
  let seen = await stateOf(sql);
  let truth = await whatIsSo(sql, registry);
  for (;;) {
    const wrong = clients.flatMap((client) => [...client.views].flatMap(([id, view]) => differences(client, id, view, truth))); // prettier-ignore
    if (wrong.length === 0 || performance.now() > over_ms) return wrong;
    await new Promise((wake) => setTimeout(wake, 200));
    // Somebody signed in, or a job went on.
    const now = await stateOf(sql);
    if (now !== seen) [seen, truth] = [now, await whatIsSo(sql, registry)];
  }
}

async function stateOf(sql: Sql): Promise<string> {
  const [row] = await sql<{ state: string }[]>`
    select (select coalesce(max(seq), 0) from event_log where object <> 'session') || ' ' || (select seq from access_head) as state
  `;
  return row?.state ?? '';
}

/** What each person may see, by object and id: in the words of the oracle, with the values of the tables. */
type Truth = Map<string, Map<string, Map<string, Row>>>;

async function whatIsSo(sql: Sql, registry: Registry): Promise<Truth> {
  const answers = await askOracle(sql, registry);
  const images = new Map<string, Image>();
  for (const name of RECORDS) {
    const object = registry.get(name);
    const rows = await sql<
      { image: Image }[]
    >`select ${imageSql(sql, object, 'r')} as image from ${sql(object.table)} r`;
    for (const { image } of rows) images.set(`${name} ${image.id}`, image);
  }
  const truth: Truth = new Map();
  for (const answer of answers) {
    const image = images.get(`${answer.object} ${answer.id}`);
    if (!image || answer.actions.length === 0) continue;
    const objects = truth.get(answer.person) ?? new Map<string, Map<string, Row>>();
    const rows = objects.get(answer.object) ?? new Map<string, Row>();
    truth.set(answer.person, objects.set(answer.object, rows.set(answer.id, shown(image, answer))));
  }
  return truth;
}

const shown = (image: Image, { actions, readable, editable }: Answer): Row => ({
  ...Object.fromEntries(readable.map((name) => [name, image[name]])),
  id: image.id,
  created_at: image.created_at,
  actions: [...new Set(actions)].sort(),
  editable: [...editable].sort(),
});

function differences(client: RigClient, id: string, request: ViewRequest, truth: Truth): string[] {
  const all = [...(truth.get(client.person.id)?.get(request.object)?.values() ?? [])];
  const expected = new Map(all.filter((row) => belongs(request, row)).map((row) => [row.id, row]));
  const window = client.replica.window(id);
  const rows = (window?.rows ?? []).map(({ version: _hiddenChangesRaiseIt, may, ...row }) => ({ ...row, actions: [...may.actions].sort(), editable: [...may.edit].sort() })); // prettier-ignore
  const wrong: string[] = [];
  const held = new Set<string>();
  for (const row of rows) {
    held.add(row.id);
    const right = expected.get(row.id);
    if (!right) wrong.push(`holds ${row.id}`);
    else if (asText(row) !== asText(right)) wrong.push(`${row.id} is ${fieldsApart(row, right)}`);
  }
  // Where it goes on behind what was loaded there are more.
  if (!window?.next) for (const [one] of expected) if (!held.has(one)) wrong.push(`lacks ${one}`);
  const count = window?.totals?.count ?? 0;
  if (count !== expected.size) wrong.push(`counts ${count} of ${expected.size}`);
  const sum = Number((window?.totals?.sum?.['amount'] ?? 0).toFixed(2));
  const amounts = request.object === 'deal' ? [...expected.values()].map((row) => Number(row['amount'] ?? 0)) : []; // prettier-ignore
  const right = Number(amounts.reduce((a, b) => a + b, 0).toFixed(2));
  if (request.object === 'deal' && sum !== right) wrong.push(`adds up to ${sum} instead of ${right}`);
  if (wrong.length === 0) return [];
  return [`client ${client.index} (${client.person.name}, node ${client.road.node}) ${JSON.stringify(request)}: ${wrong.slice(0, 4).join('; ')}`]; // prettier-ignore
}

/** By plain equality: no view of the rig asks for more. */
function belongs({ object, filter = {}, partition, record }: ViewRequest, row: Row): boolean {
  if (record !== undefined && row.id !== record) return false;
  if (partition !== undefined && row[object === 'deal' ? 'pipeline' : 'queue'] !== partition) return false;
  return Object.entries(filter).every(([name, value]) => row[name] === value);
}

const asText = (row: object): string =>
  JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

function fieldsApart(held: Record<string, unknown>, right: Record<string, unknown>): string {
  const names = [...new Set([...Object.keys(held), ...Object.keys(right)])];
  const apart = names.filter((name) => JSON.stringify(held[name]) !== JSON.stringify(right[name]));
  return apart.map((name) => `${name} ${JSON.stringify(held[name])} instead of ${JSON.stringify(right[name])}`).join(', '); // prettier-ignore
}
