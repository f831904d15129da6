import { parseText } from '../../../shared/fields/parse.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import type { Values } from '../../records/columns.ts';
import type { Act } from '../perform.ts';
import { addRecords } from '../records/addRecords.ts';
import { findRecords } from './findRecords.ts';
import { keyOfWanted, type Wanted } from './job.ts';
import { giveRoles } from './roles.ts';

/** A record added along with a row. */
export interface AddedAlong {
  key: string;
  object: string;
  id: string;
}

/**
 * Adds the records that rows name and that are not there yet, each once. Blames the target of the row that names it.
 * `isComing` says whether a name further down will be there (a check has only tried to add it).
 * @throws ApiError as addRecords
 */
export async function addAlong(
  act: Act,
  along: readonly Wanted[],
  at: string,
  isComing: (one: Wanted) => boolean,
): Promise<AddedAlong[]> {
  const added: AddedAlong[] = [];
  for (const name of new Set(along.map(({ object }) => object))) {
    const object = act.app.registry.get(name);
    const some = along.filter((one) => one.object === name);
    const additions = [];
    for (const one of some)
      additions.push({ id: newId(), values: await valuesOf(act, object, one, isComing), at });
    await addRecords(act, object, additions);
    for (const [i, { id }] of additions.entries()) {
      const one = some[i]!;
      added.push({ key: keyOfWanted(one), object: name, id });
      const { roles } = one.given;
      if (roles) await giveRoles(act, id, roles.split(/[,;]/));
    }
  }
  return added;
}

async function valuesOf(
  act: Act,
  object: ObjectDef,
  one: Wanted,
  isComing: (one: Wanted) => boolean,
): Promise<Values> {
  const values: Values = {};
  for (const [name, text] of Object.entries(textsOf(object, one))) {
    const field = object.fields[name];
    if (!field || text === '') continue;
    if (field.target !== null) {
      const named: Wanted = { ...one, object: field.target, text, find: [], given: {} };
      const finds = await findRecords(act.tx, await act.actor(), act.app.registry, [named]);
      const [id, ...others] = finds.get(keyOfWanted(named)) ?? [];
      if (id !== undefined && others.length === 0) values[name] = field.kind === 'relations' ? [id] : id;
      else if (!isComing(named)) throw invalid({ [one.to]: `${one.text}: no such ${field.target}: ${text}` });
    } else {
      const parsed = parseText(field, text, {});
      if ('problem' in parsed) throw invalid({ [one.to]: `${field.label}: ${parsed.problem}` });
      values[name] = parsed.value;
    }
  }
  return values;
}

/** What is said of it: further fields by the map, and the text itself, as the field it was looked for in, or its title. */
function textsOf(object: ObjectDef, { text, find, given }: Wanted): Record<string, string> {
  const email = Object.values(object.fields).find(({ kind, custom }) => kind === 'email' && !custom);
  const own =
    find.find((name) => !(name in given)) ?? (email && text.includes('@') ? email.name : object.title);
  const texts = { [own]: text, ...given };
  return object.title in texts ? texts : { ...texts, [object.title]: text };
}
