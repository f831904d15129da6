import type { Image } from '../../../shared/access/index.ts';
import {
  homeTerritories,
  placeByRule,
  territoryRules,
  type TerritoryRule,
} from '../../records/behaviours/placing.ts';
import { imageSql } from '../../records/imageSql.ts';
import { changeRecord } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import type { Chunk, Place } from './work.ts';

const CHUNK = 250;

/**
 * Brings the companies that are there to the territories whose rules they fulfil. Those that fulfil none go home to their
 * owner's if the territory they are in has a rule; those chosen by hand stay.
 */
export const fillSome = {
  async count({ tx }: Act): Promise<number> {
    const [row] = await tx<
      { count: number }[]
    >`select count(*)::int as count from company where deleted_at is null`;
    return row?.count ?? 0;
  },

  /** @throws ApiError `not_allowed` */
  async some(act: Act, _about: string, at: Place): Promise<Chunk> {
    const { tx, app, ctx } = act;
    await act.mustHold('manage_users');
    const object = app.registry.get('company');
    const rows = await tx<{ image: Image }[]>`
      select ${imageSql(tx, object, 'r')} as image from ${tx(object.table)} r
      where r.deleted_at is null and ${at.id === null ? tx`true` : tx`r.id > ${at.id}`}
      order by r.id limit ${CHUNK} for no key update
    `;
    const images = rows.map(({ image }) => image);
    // After the rows, as everyone who writes a company.
    const rules = await territoryRules(tx, object);
    let changed = 0;
    for (const [id, territory] of await misplaced(act, rules, images)) {
      await changeRecord(tx, app, ctx, object, id, { territory });
      changed++;
    }
    const last = images.length < CHUNK ? undefined : images.at(-1);
    return { next: last ? { object: object.name, id: last.id } : null, done: images.length, changed };
  },
};

async function misplaced(
  { tx }: Act,
  rules: readonly TerritoryRule[],
  images: readonly Image[],
): Promise<Map<string, string | null>> {
  const filled = new Set(rules.map(({ territory }) => territory));
  const places = new Map<string, string | null>();
  const left: Image[] = [];
  for (const image of images) {
    if (image['territory_fixed'] === true) continue;
    const place = placeByRule(rules, image);
    const now = idOf(image['territory']);
    if (place !== undefined && place !== now) places.set(image.id, place);
    if (place === undefined && now !== null && filled.has(now)) left.push(image);
  }
  const homes = await homeTerritories(
    tx,
    left.flatMap((image) => idOf(image['owner']) ?? []),
  );
  for (const image of left) {
    const home = homes.get(idOf(image['owner']) ?? '') ?? null;
    if (home !== image['territory']) places.set(image.id, home);
  }
  return places;
}

const idOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
