import { company } from '../../../shared/objects/company.ts';
import type { Registry } from '../../../shared/objects/index.ts';
import { changeRecord, insertRecords, type WriteContext } from '../../records/write.ts';
import { mustKeepDutiesApart } from '../../access/duties.ts';
import { builtInRoleId } from '../builtInRoles.ts';
import { toJson } from '../json.ts';
import type { Tx } from '../transaction.ts';
import { PEOPLE, personNamed, TEAMS } from './people.ts';
import { demoId } from './random.ts';
import { SALES_ASSISTANT, SALES_ASSISTANT_ID } from './roles.ts';
import { CAMPAIGNS } from './words.ts';

const INDUSTRIES = company.fields['industry']?.choices ?? [];

const CTX: WriteContext = { actorId: null, requestId: 'demo' };

/** Three fields that the organisation has added for itself. */
export async function addCustomFields(tx: Tx): Promise<void> {
  const rows = [
    { object: 'company', name: 'customer_since', kind: 'date', label: 'Customer since', choices: [] },
    { object: 'deal', name: 'campaign', kind: 'choice', label: 'Campaign', choices: CAMPAIGNS },
    // As the company has it when the deal begins: rules open deals of one industry by it.
    { object: 'deal', name: 'industry', kind: 'choice', label: 'Industry', choices: INDUSTRIES },
  ].map((row, i) => ({ id: demoId('field', i + 1), ...row, position: i }));
  await tx`
    insert into custom_field (id, object, name, kind, label, choices, position)
    select id, object, name, kind, label, choices, position
    from jsonb_to_recordset(${toJson(tx, rows)}) f
      (id uuid, object text, name text, kind text, label text, choices jsonb, position int)
  `;
}

/** Teams, people and the tree they stand in, their roles, and one password for all who work here. */
export async function addPeople(tx: Tx, registry: Registry, passwordHash: string): Promise<void> {
  const app = { registry };
  const teams = Object.values(TEAMS);
  const above = (team: (typeof teams)[number]) => ('parent' in team ? TEAMS[team.parent].id : null);
  const rows = teams.map((team) => ({ id: team.id, values: { name: team.name, parent: above(team) } }));
  await insertRecords(tx, app, CTX, registry.get('team'), rows);

  const people = PEOPLE.map(({ id, name, email, title, manager, team, active }) => ({
    id,
    values: {
      name,
      email,
      title,
      active,
      manager: manager && personNamed(manager).id,
      team: team && TEAMS[team].id,
      time_zone: 'Europe/Berlin',
    },
  }));
  await insertRecords(tx, app, CTX, registry.get('user'), people);
  for (const { id, lead } of teams) {
    await changeRecord(tx, app, CTX, registry.get('team'), id, { lead: personNamed(lead).id });
  }
  await addRoles(tx);
  const ids = PEOPLE.filter(({ active }) => active).map(({ id }) => id);
  await tx`insert into credential (user_id, password_hash) select id, ${passwordHash} from unnest(${ids}::uuid[]) as id`;
}

async function addRoles(tx: Tx): Promise<void> {
  const { name, purpose, grants, fields, system } = SALES_ASSISTANT;
  await tx`
    insert into role (id, name, purpose, grants, fields, system)
    values (${SALES_ASSISTANT_ID}, ${name}, ${purpose}, ${tx.json(grants)}, ${tx.json(fields)}, ${tx.json(system)})
  `;
  const rows = PEOPLE.flatMap(({ id, roles }) =>
    roles.map((role) => ({ user_id: id, role_id: roleId(role) })),
  );
  const numbered = rows.map((row, i) => ({ id: demoId('assignment', i + 1), ...row }));
  await tx`
    insert into role_assignment (id, user_id, role_id)
    select id, user_id, role_id from jsonb_to_recordset(${toJson(tx, numbered)}) a (id uuid, user_id uuid, role_id uuid)
  `;
  await mustKeepDutiesApart(
    tx,
    PEOPLE.map(({ id }) => id),
  );
}

const roleId = (role: (typeof PEOPLE)[number]['roles'][number]): string =>
  role === 'sales_assistant' ? SALES_ASSISTANT_ID : builtInRoleId(role);
