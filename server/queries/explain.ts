import { decide, decideCreate, holds, type Actor, type Decision } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { Action, ObjectDef } from '../../shared/objects/index.ts';
import { malformed, notAllowed, notFound, type Explanation } from '../../shared/protocol/index.ts';
import { loadActor } from '../access/loadActor.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { fetchImage } from '../records/imageSql.ts';
import { findMasked } from '../records/readView.ts';
import { ruleNames } from './policyNames.ts';
import type { Asked } from './why/known.ts';
import { namedPaths } from './why/namedPaths.ts';

export interface ExplainQuestion {
  user: string;
  action: Action;
  object: string;
  /** Of the record; none where it is asked whether they may create some. */
  id?: string;
  field?: string;
}

/**
 * Whether a person may do that with a record (and with one field of it), or create such records: by which roles, grants and ways, or what is
 * missing. Everyone may ask about themselves; about others, and about records that the asker does not see, only with
 * manage_roles or read_audit. It names nothing that the asker may not know.
 * @throws ApiError `not_allowed`, `not_found` (no such person, record or object, or not the asker's to see), `malformed`
 */
export async function explain(
  app: App,
  caller: Caller,
  { user, action, object: name, id, field }: ExplainQuestion,
): Promise<Explanation> {
  const { actor: reader } = caller;
  const { registry } = app;
  const oversees = mayOversee(reader);
  if (user !== reader.userId && !oversees) throw notAllowed('manage_roles');
  const object = registry.find(name);
  if (!object || !isId(user)) throw notFound();
  mustHaveField(object, field);
  const entitled = (tx: Tx) => (user === reader.userId ? reader : loadActor(tx, user));
  const asked = { registry, reader, oversees, object };
  if (action === 'create')
    return snapshot(app, async (tx) => {
      await mustBeSomebody(tx, user);
      const actor = await entitled(tx);
      if (!actor) return INACTIVE;
      const decision = { ...decideCreate(actor, registry, object, field), hiddenBy: [] };
      return explained({ tx, image: null, ...asked }, actor, decision);
    });
  if (!isId(id)) throw notFound();
  return snapshot(app, async (tx) => {
    const image = await fetchImage(tx, object, id, { lock: false });
    const seen = await findMasked(tx, reader, registry, object, id);
    if (!image || (!seen && !oversees)) throw notFound();
    await mustBeSomebody(tx, user);
    // Who is inactive or in the bin may do nothing, whatever their roles say.
    const actor = await entitled(tx);
    if (!actor) return INACTIVE;
    const decision = decide(actor, registry, action, object, image, field);
    return explained({ tx, image, ...asked }, actor, decision);
  });
}

const snapshot = <T>(app: App, read: (tx: Tx) => Promise<T>): Promise<T> =>
  transaction(app.sql, read, { isolation: 'snapshot' });

async function mustBeSomebody(tx: Tx, user: string): Promise<void> {
  const [known] = await tx`select 1 from user_account where id = ${user}::uuid`;
  if (!known) throw notFound();
}

/** Whether someone may ask about other people's rights. */
export const mayOversee = (actor: Actor): boolean =>
  holds(actor, 'manage_roles') || holds(actor, 'read_audit');

/** @throws ApiError `malformed` */
export function mustHaveField(object: ObjectDef, field: string | undefined): void {
  if (field !== undefined && !Object.hasOwn(object.fields, field)) {
    throw malformed(`${object.label} has no such field`, { field: 'No such field' });
  }
}

async function explained(
  asked: Asked,
  actor: Actor,
  decision: Pick<Decision, 'allowed' | 'because' | 'lacking' | 'hiddenBy'>,
): Promise<Explanation> {
  const { allowed, because, lacking, hiddenBy } = decision;
  const [paths = []] = await namedPaths(asked, [{ actor, because }]);
  // Whoever does not see a record, and oversees nobody, has not come this far.
  const hiding = asked.oversees ? [...(await ruleNames(asked.tx, hiddenBy)).values()] : [];
  const restrictions = hiding.flatMap((one) =>
    one.kind === 'restriction' ? [{ id: one.id, name: one.name }] : [],
  );
  return { allowed, because: paths, lacking, restrictions };
}

const INACTIVE: Explanation = {
  allowed: false,
  because: [],
  lacking: [{ kind: 'inactive' }],
  restrictions: [],
};
