import { loadCustomFields } from '../../server/access/customFields.ts';
import { ensureBuiltInRoles } from '../../server/db/builtIns.ts';
import { connect } from '../../server/db/connect.ts';
import { addCustomFields, addPeople } from '../../server/db/demo/organisation.ts';
import { PEOPLE, TEAMS, type DemoPerson } from '../../server/db/demo/people.ts';
import { PIPELINES } from '../../server/db/demo/pipelines.ts';
import { QUEUES, supportRecords } from '../../server/db/demo/support.ts';
import { transaction, type Tx } from '../../server/db/transaction.ts';
import { hashPassword } from '../../server/identity/passwords.ts';
import { insertRecords } from '../../server/records/write.ts';
import type { Values } from '../../server/records/columns.ts';
import { must } from '../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { ViewRequest } from '../../shared/protocol/index.ts';
import type { Dice } from '../world/dice.ts';
import { PASSWORD } from '../world/people.ts';

/** The demo's organisation with a small business of the rig's, so small that everybody comes across everybody. */
export interface World {
  registry: Registry;
  /** Whose each deal is in the beginning. */
  owners: Map<string, string>;
  ids: Record<'company' | 'contact' | 'deal' | 'activity' | 'ticket' | 'message' | 'note', string[]>;
}

const CTX = { actorId: null, requestId: 'rig' };
export const PIPELINE = must(PIPELINES[0], 'a pipeline');
/** Open stages that ask for nothing. */
export const STAGES = PIPELINE.stages
  .filter(({ kind, requires }) => kind === 'open' && requires.length === 0)
  .map(({ key }) => key);

export const sellers = PEOPLE.filter(({ team, active }) => active && ['north', 'south', 'midmarket'].includes(team ?? '')); // prettier-ignore
export const agents = PEOPLE.filter(({ team, active }) => active && ['support', 'technical'].includes(team ?? '')); // prettier-ignore

export async function fill(url: string, dice: Dice): Promise<World> {
  const sql = await connect(url, { max: 1, statement_timeout_ms: 30_000 });
  try {
    const hash = await hashPassword(PASSWORD);
    return await transaction(sql, async (tx) => {
      await ensureBuiltInRoles(tx);
      await addCustomFields(tx);
      const registry = new Registry(OBJECTS, await loadCustomFields(tx));
      await addPeople(tx, registry, hash);
      const ids = await addBusiness(tx, registry, dice);
      const deals = await tx<
        { id: string; owner: string }[]
      >`select id, owner_id as owner from deal order by id`;
      return { registry, ids, owners: new Map(deals.map(({ id, owner }) => [id, owner])) };
    });
  } finally {
    await sql.end();
  }
}

async function addBusiness(tx: Tx, registry: Registry, dice: Dice): Promise<World['ids']> {
  const add = async (object: string, rows: Values[]): Promise<string[]> => {
    const numbered = rows.map((values) => ({ id: dice.id(), values }));
    await insertRecords(tx, { registry }, CTX, registry.get(object), numbered);
    return numbered.map(({ id }) => id);
  };
  const pipelines = PIPELINES.map(({ id, name, stages }, position) => ({ id, values: { name, stages, position } })); // prettier-ignore
  await insertRecords(tx, { registry }, CTX, registry.get('pipeline'), pipelines);
  const { queue, tag } = supportRecords(new Date().toISOString());
  for (const [object, rows] of [
    ['queue', queue],
    ['tag', tag],
  ] as const)
    // prettier-ignore
    await insertRecords(tx, { registry }, CTX, registry.get(object), rows);

  const someone = () => dice.pick(sellers);
  const of = ({ id, team }: DemoPerson) => ({ owner: id, team: team && TEAMS[team].id });
  const company = await add('company', dice.many(12, (i) => ({ name: `Company ${i}`, city: 'Halden', ...of(someone()) }))); // prettier-ignore
  const contact = await add('contact', dice.many(16, (i) => ({ name: `Contact ${i}`, email: `c${i}@halden.example`, company: dice.pick(company), ...of(someone()) }))); // prettier-ignore
  const deal = await add('deal', dice.many(50, (i) => ({
    title: `Deal ${i}`, amount: 1_000 * (i + 1), margin: 20, pipeline: PIPELINE.id, stage: dice.pick(STAGES),
    company: dice.pick(company), participants: dice.some([dice.pick(sellers).id], 0.2), ...of(someone()),
  }))); // prettier-ignore
  const activity = await add('activity', dice.many(20, (i) => ({ kind: 'call', subject: `Call ${i}`, deal: dice.pick(deal) }))); // prettier-ignore
  const ticket = await add('ticket', dice.many(40, (i) => ({
    subject: `Ticket ${i}`, queue: dice.pick(Object.values(QUEUES)).id, status: 'open', priority: 'normal',
    customer_name: `Customer ${i}`, customer_email: `k${i}@halden.example`,
    assignee: dice.maybe(0.3, agents)?.id ?? null,
  }))); // prettier-ignore
  const message = await add('message', dice.many(20, (i) => ({ ticket: dice.pick(ticket), body: `Message ${i}` }))); // prettier-ignore
  const note = await add('note', dice.many(10, (i) => ({ ticket: dice.pick(ticket), body: `Note ${i}` }))); // prettier-ignore
  return { company, contact, deal, activity, ticket, message, note };
}

/** What a person looks at, as a client of theirs would open it. */
export function viewsOf(person: DemoPerson, dice: Dice, { ids }: World): ViewRequest[] {
  const board = { object: 'deal', partition: PIPELINE.id, sort: '-stage_since', limit: 500 };
  const companies = { object: 'company', sort: 'name', limit: 500 };
  if (agents.includes(person)) {
    const ticket = dice.pick(ids.ticket);
    return [
      { object: 'ticket', sort: '-created_at', limit: 500 },
      { object: 'ticket', filter: { assignee: person.id }, limit: 500 },
      { object: 'message', filter: { ticket }, sort: '-created_at', limit: 500 },
      { object: 'note', filter: { ticket }, sort: '-created_at', limit: 500 },
    ];
  }
  if (sellers.includes(person))
    return [
      board,
      { object: 'deal', filter: { owner: person.id }, limit: 500 },
      { object: 'deal', record: dice.pick(ids.deal) },
      dice.chance(0.5) ? companies : { object: 'activity', sort: '-created_at', limit: 500 },
    ];
  return [companies, { object: 'contact', sort: 'name', limit: 500 }, board];
}
