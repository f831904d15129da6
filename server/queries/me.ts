import { must } from '../../shared/lib/must.ts';
import { customFieldSchema } from '../../shared/objects/index.ts';
import { PROTOCOL_VERSION, type Me } from '../../shared/protocol/index.ts';
import type { App, Caller } from '../lib/app.ts';

/** All amounts are in this one currency until organisations may choose theirs. */
const CURRENCY = 'EUR';

/** Who asks, with the rights of now and whatever the client needs in order to decide what to offer. */
export async function describeMe(app: App, { actor, sessionId, seeing }: Caller): Promise<Me> {
  const [row] = await app.sql<Row[]>`
    select
      (select jsonb_build_object('id', id, 'name', name, 'email', email, 'title', title)
        from user_account where id = ${actor.userId}::uuid) as user,
      (select least(idle_expires_at, expires_at) from session where id = ${sessionId}::uuid) as expires_at,
      (select seq from access_head) as access_seq,
      (select jsonb_build_object('name', name, 'demo', demo) from organisation) as organisation,
      (select coalesce(jsonb_agg(jsonb_build_object('object', object, 'name', name, 'kind', kind, 'label', label,
        'sensitivity', sensitivity, 'required', required, 'choices', choices) order by object, position, name), '[]')
        from custom_field) as custom_fields,
      (select jsonb_build_object('kind', ${seeing?.as.kind ?? null}::text, 'id', ${seeing?.as.id ?? null}::uuid,
        'name', coalesce((select name from role where id = ${seeing?.as.id ?? null}::uuid),
          (select name from user_account where id = ${seeing?.as.id ?? null}::uuid)),
        'by', jsonb_build_object('id', id, 'name', name))
        from user_account where id = ${seeing?.viewer ?? null}::uuid) as seeing
  `;
  const { user, expires_at, access_seq, organisation, custom_fields, seeing: looks } = must(row, 'one row');
  return {
    user: must(user, 'the person who asks'),
    roles: [...actor.roles],
    rights: {
      teams: [...actor.sets.teams],
      reports: [...actor.sets.reports],
      queues: [...actor.sets.queues],
      territories: [...actor.sets.territories],
      open: actor.open ?? {},
      fingerprint: actor.fingerprint,
    },
    access_seq,
    session: { id: sessionId, expires_at: must(expires_at, 'the session that asks') },
    organisation: { ...organisation, currency: CURRENCY },
    custom_fields: custom_fields.map((field) => customFieldSchema.parse(field)),
    seeing: looks,
    protocol: PROTOCOL_VERSION,
  };
}

interface Row {
  user: Me['user'] | null;
  expires_at: string | null;
  access_seq: number;
  organisation: Omit<Me['organisation'], 'currency'>;
  custom_fields: unknown[];
  seeing: Me['seeing'];
}
