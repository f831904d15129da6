import { decide, type Actor, type Because, type Image } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import { badCursor, notAllowed, notFound, tooLarge, type Seers } from '../../shared/protocol/index.ts';
import { loadActors } from '../access/loadActor.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { fetchImage } from '../records/imageSql.ts';
import { mayOversee, mustHaveField } from './explain.ts';
import { groupSeers } from './why/groupSeers.ts';
import { readableFacts, type Asked } from './why/known.ts';
import { namedPaths } from './why/namedPaths.ts';

const PEOPLE_MAX = 50_000;
/** So many are answered where nobody says how many. */
const PAGE = 200;
/** So many people's rights are read at once. */
const CHUNK = 1_000;

export interface WhoCanSeeQuestion {
  object: string;
  id: string;
  field?: string;
  /** Part of a name. */
  q?: string;
  /** Key of a group: only those who see it by that. */
  group?: string;
  cursor?: string;
  limit?: number;
}

/** Somebody who sees it, and why. */
export interface Seeing {
  id: string;
  name: string;
  actor: Actor;
  because: Because[];
}

/**
 * Everyone who may read a record (or one field of it) now, by name, each with the paths by which they may: page by page,
 * and in groups by what they see it by. Needs manage_roles or read_audit, as it tells of other people's rights.
 * @throws ApiError `not_allowed`, `not_found`, `malformed`, `bad_cursor`, `too_large` (more people than can be gone through)
 */
export async function whoCanSee(app: App, caller: Caller, question: WhoCanSeeQuestion): Promise<Seers> {
  if (!mayOversee(caller.actor)) throw notAllowed('manage_roles');
  const { registry } = app;
  const { object: name, id, field, q = '', group, cursor, limit = PAGE } = question;
  const object = registry.find(name);
  if (!object || !isId(id)) throw notFound();
  mustHaveField(object, field);
  return transaction(
    app.sql,
    async (tx) => {
      const image = await fetchImage(tx, object, id, { lock: false });
      if (!image) throw notFound();
      const asked: About = { tx, registry, reader: caller.actor, oversees: true, object, image };
      const all = await everyoneSeeing(asked, field);
      const { groups, keysOf } = await groupSeers(asked, all, await readableFacts(asked));
      const wanted = q.trim().toLowerCase();
      const found = all.filter(
        (one) =>
          one.name.toLowerCase().includes(wanted) && (group === undefined || keysOf(one).includes(group)),
      );
      const page = found.slice(...pageAt(found, cursor, limit));
      const paths = await namedPaths(asked, page);
      const people = page.map((one, i) => ({ user: one.id, name: one.name, because: paths[i] ?? [] }));
      const last = page.at(-1);
      return {
        people,
        total: all.length,
        groups,
        ...(last && last !== found.at(-1) ? { next: last.id } : {}),
      };
    },
    { isolation: 'snapshot' },
  );
}

/** A record that is there. */
type About = Asked & { image: Image };

async function everyoneSeeing({ tx, registry, object, image }: About, field?: string): Promise<Seeing[]> {
  const seeing: Seeing[] = [];
  const people = await everyone(tx);
  for (let from = 0; from < people.length; from += CHUNK) {
    const chunk = people.slice(from, from + CHUNK);
    const actors = await loadActors(
      tx,
      chunk.map((person) => person.id),
    );
    for (const person of chunk) {
      const actor = actors.get(person.id);
      const answer = actor && decide(actor, registry, 'read', object, image, field);
      if (actor && answer?.allowed) seeing.push({ ...person, actor, because: answer.because });
    }
  }
  return seeing;
}

async function everyone(tx: Tx): Promise<{ id: string; name: string }[]> {
  const people = await tx<{ id: string; name: string }[]>`
    select id, name from user_account where active and deleted_at is null
    order by name collate "und-x-icu", id limit ${PEOPLE_MAX + 1}
  `;
  if (people.length > PEOPLE_MAX) throw tooLarge(`There are more than ${PEOPLE_MAX} people to go through`);
  return [...people];
}

/** From where to where in the list. @throws ApiError `bad_cursor` where whoever stood there sees it no more */
function pageAt(found: readonly Seeing[], cursor: string | undefined, limit: number): [number, number] {
  const before = cursor === undefined ? -1 : found.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && before === -1) throw badCursor();
  return [before + 1, before + 1 + limit];
}
