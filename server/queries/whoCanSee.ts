import { decide, type Because } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import { malformed, notAllowed, notFound, tooLarge } from '../../shared/protocol/index.ts';
import { loadActors } from '../access/loadActor.ts';
import { transaction } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { fetchImage } from '../records/imageSql.ts';
import { mayOversee } from './explain.ts';

const PEOPLE_MAX = 5_000;

export interface Seer {
  user: string;
  name: string;
  because: Because[];
}

/**
 * Everyone who may read a record (or one field of it) now, by name, each with the paths by which they may. Needs
 * manage_roles or read_audit, as it tells of other people's rights.
 * @throws ApiError `not_allowed`, `not_found`, `malformed`, `too_large` (more people than can be gone through at once)
 */
export async function whoCanSee(
  app: App,
  caller: Caller,
  { object: name, id, field }: { object: string; id: string; field?: string },
): Promise<{ people: Seer[] }> {
  if (!mayOversee(caller.actor)) throw notAllowed('manage_roles');
  const object = app.registry.find(name);
  if (!object || !isId(id)) throw notFound();
  if (field !== undefined && !Object.hasOwn(object.fields, field)) {
    throw malformed(`${object.label} has no such field`, { field: 'No such field' });
  }
  return transaction(
    app.sql,
    async (tx) => {
      const image = await fetchImage(tx, object, id, { lock: false });
      if (!image) throw notFound();
      const people = await tx<{ id: string; name: string }[]>`
        select id, name from user_account where active and deleted_at is null
        order by name collate "und-x-icu", id limit ${PEOPLE_MAX + 1}
      `;
      if (people.length > PEOPLE_MAX)
        throw tooLarge(`There are more than ${PEOPLE_MAX} people to go through`);
      const actors = await loadActors(
        tx,
        people.map((person) => person.id),
      );
      const seers = people.flatMap((person): Seer[] => {
        const actor = actors.get(person.id);
        const answer = actor && decide(actor, app.registry, 'read', object, image, field);
        return answer?.allowed ? [{ user: person.id, name: person.name, because: answer.because }] : [];
      });
      return { people: seers };
    },
    { isolation: 'snapshot' },
  );
}
