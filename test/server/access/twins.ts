import { loadActor } from '../../../server/access/loadActor.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import type { App } from '../../../server/lib/app.ts';
import type { Values } from '../../../server/records/columns.ts';
import { fetchImage } from '../../../server/records/imageSql.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { decide, SYSTEM_PERMISSIONS, type RolePolicy } from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { ACTIONS, type Registry } from '../../../shared/objects/index.ts';
import { freshDatabase, type FreshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { randomOrganisation, type Organisation } from '../../world/randomOrganisation.ts';
import { CREATED_AT } from '../../world/thrown.ts';

// Two stores that differ in nothing but fields that some people may not read, for tests that hidden fields leave no trace.

/** Hidden from both people below, wherever the field stands; of every kind that a filter or an order can ask for. */
const HIDDEN: Record<string, string[]> = {
  deal: ['amount', 'discount', 'margin', 'next_step', 'closes_on', 'contact'],
  company: ['phone', 'revenue', 'grade', 'about', 'employees'],
  contact: ['email', 'phone', 'job_title'],
  product: ['price', 'stock', 'code'],
  ticket: ['customer_email', 'customer_name', 'refund', 'company'],
  activity: ['score'],
};
/** Read by the assistant on own deals, and hidden on the others: there it differs. */
export const HIDDEN_ON_OTHERS = 'bonus';
/** Found nowhere but in hidden fields. */
export const CANARIES = /77700\d\d|canary|1999-0\d/;
const CANARY = 7_770_000;
/** Parts and whole values of hidden fields, and what may be found. */
export const WANTED = ['canary', 'canary5', 'canary12@example.com', '@example.com', '77700', '7770005', '+777', '1999', 'er', 'an', 'a e', '#3', '12']; // prettier-ignore

export interface Twin {
  /** Fields by object that differ. Where an object is opened to everyone only sensitive ones, as the others are read. */
  hidden: Record<string, string[]>;
  database: FreshDatabase;
  app: App;
  organisation: Organisation;
  /** Has the team's deals without amounts, and one field more on deals of their own. */
  assistant: { id: string; team: string };
  /** May do everything there is to do, with all records; and does not read what is hidden. */
  keeper: string;
}

/** The same organisation twice, from one seed. */
export const openTwins = (seed: number): Promise<[Twin, Twin]> =>
  Promise.all([openTwin(seed, 1), openTwin(seed, 2)]);

async function openTwin(seed: number, which: 1 | 2): Promise<Twin> {
  const database = await freshDatabase();
  const { sql } = database;
  const organisation = await randomOrganisation(sql, new Dice(seed), 10, {
    ...HIDDEN,
    // What administrators make a rule of may show by what it opens.
    deal: [...(HIDDEN['deal'] ?? []), HIDDEN_ON_OTHERS],
  });
  const { registry } = organisation;
  const app: App = { sql, registry, nodeId: 'test', poke: () => undefined };
  const opened = await sql<{ object: string }[]>`select object from object_baseline`;
  const hidden = Object.fromEntries(
    Object.entries(HIDDEN).map(([name, fields]) => [
      name,
      fields.filter(
        (field) =>
          !opened.some(({ object }) => object === name) ||
          registry.get(name).fields[field]?.sensitivity !== 'normal',
      ),
    ]),
  );
  const assistant = await hireAssistant(sql, organisation);
  const keeper = await hireKeeper(sql, registry);
  // Twice, so that history differs as well; in the end every order of amounts is turned round.
  for (const round of [0, 1] as const) await hide(app, organisation, { hidden, which, round, assistant });
  await sql`select sequence_batch(10000)`;
  return { hidden, database, app, organisation, assistant, keeper };
}

/** What differs, as text: to be sure that it does. */
export async function hiddenOf({ app }: Twin): Promise<string> {
  const { sql } = app;
  return JSON.stringify([
    await sql`select id, amount, margin, next_step, closes_on, contact_id, custom from deal order by id`,
    await sql`select id, email, job_title from contact order by id`,
    await sql`select id, customer_email, company_id, custom from ticket order by id`,
  ]);
}

/** Fills the hidden fields of every record. */
async function hide(
  app: App,
  { registry, records }: Organisation,
  {
    hidden: all,
    which,
    round,
    assistant,
  }: Pick<Twin, 'hidden' | 'assistant'> & { which: 1 | 2; round: 0 | 1 },
): Promise<void> {
  const reader = must(await loadActor(app.sql, assistant.id), 'the assistant');
  for (const [name, fields] of Object.entries(all)) {
    const object = registry.get(name);
    for (const [i, id] of (records[name] ?? []).entries()) {
      await transaction(app.sql, async (tx) => {
        const image = await fetchImage(tx, object, id, { lock: true });
        if (!image || image.deleted_at !== null) return;
        // Read on own deals, and on those shared with the assistant, as what is shared opens every grant.
        const own =
          name === 'deal' && decide(reader, registry, 'read', object, image, HIDDEN_ON_OTHERS).allowed;
        const n = which === 1 ? 2 * i + round : 99 - i - round * 40;
        const hidden = name === 'deal' && !own ? [...fields, HIDDEN_ON_OTHERS] : fields;
        const isMoved = round === 1 && i % 2 === 0 && object.facts.team === 'team' && name !== 'activity';
        const values: Values = {
          ...Object.fromEntries(
            hidden.map((field) => [field, canary(must(object.fields[field], field), n, records)]),
          ),
          ...(isMoved ? { team: assistant.team } : {}),
        };
        const ctx = { actorId: null, requestId: 'test', at: CREATED_AT };
        await changeRecord(tx, app, ctx, object, id, values);
      });
    }
  }
}

function canary(field: Field, n: number, ids: Readonly<Record<string, string[]>>): Values[string] {
  switch (field.kind) {
    case 'money':
    case 'integer':
      return CANARY + n;
    case 'percent':
      return n;
    case 'email':
      return `canary${n}@example.com`;
    case 'phone':
      return `+777 00 ${n}`;
    case 'text':
    case 'longtext':
      return `canary ${n}`;
    case 'date':
      return `1999-0${1 + (n % 9)}-${10 + (n % 19)}`;
    case 'choice':
      return must(field.choices[n % field.choices.length], 'a choice').value;
    case 'relation': {
      const all = must(ids[field.target ?? ''], 'targets');
      return must(all[n % all.length], 'a target');
    }
    default:
      throw new Error(`No canary for ${field.kind}`);
  }
}

const allHidden = (): RolePolicy['fields'] =>
  Object.fromEntries(
    Object.entries(HIDDEN).map(([name, fields]) => [
      name,
      Object.fromEntries(fields.map((field) => [field, 'hidden' as const])),
    ]),
  );

async function hireAssistant(sql: Sql, { people, teams }: Organisation): Promise<Twin['assistant']> {
  const id = must(people[0], 'somebody');
  const team = must(teams[0], 'a team');
  await sql`update user_account set active = true, deleted_at = null, team_id = ${team} where id = ${id}`;
  // What their teams hold would be theirs too.
  await sql`delete from role_assignment where user_id = ${id} or team_id is not null`;
  const fields = allHidden();
  const grants: RolePolicy['grants'] = {
    deal: { update: ['team'], export: ['team'] },
    company: { read: ['all'], export: ['all'] },
    contact: { read: ['team', 'own'], export: ['own'] },
    product: { read: ['all'], export: ['all'] },
    activity: { read: ['all'], export: ['all'] },
    ticket: { read: ['team'], read_thread: ['team'], reply: ['own'], export: ['team'] },
  };
  await give(sql, id, 'Sales assistant', {
    grants,
    fields: { ...fields, deal: { ...fields['deal'], [HIDDEN_ON_OTHERS]: 'hidden' } },
  });
  await give(sql, id, 'Own', {
    grants: { deal: { export: ['own'] } },
    fields: { ...fields, deal: { ...fields['deal'], [HIDDEN_ON_OTHERS]: 'read' } },
  });
  return { id, team };
}

async function hireKeeper(sql: Sql, registry: Registry): Promise<string> {
  const id = new Dice(77).id();
  await sql`
    insert into user_account (id, name, email, active, created_at)
    values (${id}, 'Keeper', 'keeper@example.com', true, ${CREATED_AT})
  `;
  const granted = [...registry.objects.values()].filter(
    ({ grantedBy, name }) => grantedBy === null && !['notification', 'import', 'session'].includes(name),
  );
  const everything = (object: { actions: readonly string[] }) =>
    Object.fromEntries(
      ACTIONS.filter(
        (action) => !['read_thread', 'reply', 'note'].includes(action) || object.actions.includes(action),
      ).map((action) => [action, action === 'create' ? true : ['all']]),
    );
  await give(sql, id, 'Keeper', {
    grants: Object.fromEntries(granted.map((object) => [object.name, everything(object)])),
    fields: allHidden(),
    system: [...SYSTEM_PERMISSIONS],
  });
  return id;
}

/** A role of one's own, since a while. */
async function give(
  sql: Sql,
  user: string,
  name: string,
  { grants, fields, system = [] }: Partial<RolePolicy>,
): Promise<void> {
  const role = new Dice([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)).id();
  await sql`
    insert into role (id, name, grants, fields, system)
    values (${role}, ${name}, ${toJson(sql, grants ?? {})}, ${toJson(sql, fields ?? {})}, ${toJson(sql, system)})
  `;
  await sql`
    insert into role_assignment (id, user_id, role_id, starts_at) values (${role}, ${user}, ${role}, ${CREATED_AT})
  `;
}
