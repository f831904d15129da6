import { decide, type Image } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Fragment } from '../../db/fragments.ts';
import { homeTerritories } from '../../records/behaviours/placing.ts';
import type { Values } from '../../records/columns.ts';
import { columnOf } from '../../../shared/objects/index.ts';
import { imageSql } from '../../records/imageSql.ts';
import { changeRecord } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import type { Chunk, Place } from './work.ts';

const CHUNK = 100;

/** Has a person's records follow them to where they are at home now: those that the mover may assign. */
export const takeSomeAlong = {
  async count(act: Act, about: string): Promise<number> {
    let count = 0;
    for (const object of movable(act)) {
      const [row] = await act.tx<{ count: number }[]>`
        select count(*)::int as count from ${act.tx(object.table)} r where ${isTheirs(act, object, about)}
      `;
      count += row?.count ?? 0;
    }
    return count;
  },

  async some(act: Act, about: string, at: Place): Promise<Chunk> {
    const { tx, app, ctx } = act;
    await act.mustHold('manage_users', [about]);
    const all = movable(act);
    const object = all.find(({ name }) => name === at.object) ?? all[0];
    if (!object) return { next: null, done: 0, changed: 0 };
    const after = at.object === object.name ? at.id : null;
    const rows = await tx<{ image: Image }[]>`
      select ${imageSql(tx, object, 'r')} as image from ${tx(object.table)} r
      where ${isTheirs(act, object, about)} and ${after === null ? tx`true` : tx`r.id > ${after}`}
      order by r.id limit ${CHUNK} for no key update
    `;
    const images = rows.map(({ image }) => image);
    const actor = await act.actor();
    const home = await homeOf(act, about);
    let changed = 0;
    for (const image of images) {
      if (!decide(actor, app.registry, 'assign', object, image).allowed) continue;
      const written = await changeRecord(tx, app, ctx, object, image.id, placed(object, image, home));
      if (written.after.version !== written.before.version) changed++;
    }
    const last = images.at(-1);
    const next =
      images.length === CHUNK && last ? { object: object.name, id: last.id } : following(all, object);
    return { next, done: images.length, changed };
  },
};

/** Objects whose records belong to somebody by hand, and go to a team or territory with them. */
const movable = ({ app }: Act): ObjectDef[] =>
  [...app.registry.objects.values()].filter(
    ({ facts, fields }) =>
      facts.owner !== undefined &&
      fields[facts.owner]?.assigns === true &&
      [facts.team, facts.territory].some((name) => name !== undefined && fields[name]?.assigns),
  );

const isTheirs = ({ tx }: Act, object: ObjectDef, about: string): Fragment => {
  const owner = object.facts.owner === undefined ? undefined : object.fields[object.facts.owner];
  return owner ? tx`${tx(`r.${columnOf(owner)}`)} = ${about} and r.deleted_at is null` : tx`false`;
};

interface Home {
  team: string | null;
  territory: string | null;
}

/** What has been put into a territory by hand stays there; a rule puts companies where it wants them anyway. */
function placed(
  { facts, fields, teamFollowsOwner }: ObjectDef,
  image: Image,
  { team, territory }: Home,
): Values {
  const values: Values = {};
  if (teamFollowsOwner && facts.team !== undefined && fields[facts.team]?.assigns) values[facts.team] = team;
  const isFixed = image['territory_fixed'] === true;
  if (!isFixed && facts.territory !== undefined && fields[facts.territory]?.assigns)
    values[facts.territory] = territory;
  return values;
}

async function homeOf({ tx }: Act, about: string): Promise<Home> {
  const [person] = await tx<
    { team: string | null }[]
  >`select team_id as team from user_account where id = ${about}`;
  return { team: person?.team ?? null, territory: (await homeTerritories(tx, [about])).get(about) ?? null };
}

function following(all: readonly ObjectDef[], object: ObjectDef): Place | null {
  const next = all[all.indexOf(object) + 1];
  return next ? { object: next.name, id: null } : null;
}
