import { mask, type Image } from '../../../shared/access/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import { loadActors } from '../../access/loadActor.ts';
import type { Values } from '../../records/columns.ts';
import { fetchImages } from '../../records/fetchImages.ts';
import { knowing } from '../../records/judgeEach.ts';
import type { Act } from '../perform.ts';

/**
 * Ids inside a payload are checked like ids in the path: each that is new must be a record of the right object that
 * the caller may read, and the words are the same for what is absent and what is not theirs.
 * @throws ApiError `invalid`, per field
 */
export async function mustKnow(
  act: Act,
  object: ObjectDef,
  written: readonly { before: Image | null; values: Values }[],
): Promise<void> {
  const named = written.flatMap(({ before, values }) =>
    Object.entries(values).flatMap(([name, value]) => {
      const target = object.fields[name]?.target ?? null;
      if (target === null) return [];
      const held = idsIn(before?.[name]);
      return idsIn(value).flatMap((id) => (held.includes(id) ? [] : [{ name, target, id }]));
    }),
  );
  const wrong: Record<string, string> = {};
  for (const targetName of new Set(named.map(({ target }) => target))) {
    const target = act.app.registry.get(targetName);
    const asked = named.filter((one) => one.target === targetName);
    const images = await fetchImages(act.tx, target, [...new Set(asked.map(({ id }) => id))]);
    const actor = await act.actor();
    const known = new Set(
      images.filter((image) => mask(actor, act.app.registry, target, image)).map(({ id }) => id),
    );
    for (const { name, id } of asked)
      if (!known.has(id)) wrong[name] = `No such ${target.label.toLowerCase()}`;
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

/**
 * A record is only given to people who are active and may read it then (a ticket: answer it): the new owner, whoever is
 * newly named as also working on it, and whoever it is addressed to.
 * @throws ApiError `invalid`, per field
 */
export async function mustBeReadableByHolders(
  { tx, app, caller }: Act,
  object: ObjectDef,
  written: readonly { before: Image | null; after: Image }[],
): Promise<void> {
  const given = [object.facts.owner, object.facts.participants].filter(
    (name) => name !== undefined && object.fields[name]?.assigns,
  );
  const named = written.flatMap(({ before, after }) =>
    [...given, ...object.addressed].flatMap((name) => {
      if (name === undefined) return [];
      const held = idsIn(before?.[name]);
      const added = idsIn(after[name]).filter((id) => !held.includes(id) && id !== caller.actor.userId);
      return added.map((id) => ({ name, id, after }));
    }),
  );
  if (named.length === 0) return;
  const actors = await loadActors(tx, [...new Set(named.map(({ id }) => id))]);
  const wrong = new Map<string, Record<string, string>>();
  for (const { name, id, after } of named) {
    const actor = actors.get(id);
    const seen = actor && mask(actor, app.registry, object, after);
    const answers = !object.holdersNeed || seen?.may.actions.includes(object.holdersNeed);
    if (actor?.kind === 'person' && seen && answers) continue;
    const words =
      actor?.kind !== 'person' ? 'This person is not active'
      : !seen ? 'This person could not see it'
      : 'This person could not answer it'; // prettier-ignore
    wrong.set(after.id, { ...wrong.get(after.id), [name]: words });
  }
  if (wrong.size === 0) return;
  const refusals = new Map([...wrong].map(([id, fields]) => [id, invalid(fields)]));
  throw knowing(invalid(Object.assign({}, ...wrong.values())), refusals);
}

const idsIn = (value: Value | undefined): string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
};
