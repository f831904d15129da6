import type { Actor, Because, Image } from '../../../shared/access/index.ts';
import { decide, parentOf } from '../../../shared/access/index.ts';
import type { Fact, ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { fieldsOf, parseFilter } from '../../../shared/protocol/index.ts';
import type { Tx } from '../../db/transaction.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { ruleNames, type PolicyName } from '../policyNames.ts';

// What whoever reads an explanation may know of what stands behind it.

/** A record that is asked about, and who reads the answer. */
export interface Asked {
  tx: Tx;
  registry: Registry;
  reader: Actor;
  /** Whether the reader looks after other people's rights. */
  oversees: boolean;
  object: ObjectDef;
  /** Null where it is about records that are not there yet. */
  image: Image | null;
}

/**
 * The facts whose fields the reader may read on this record: of the others a path says by which way, and not through
 * what. The facts of a part are its parent's, and read there.
 */
export async function readableFacts({ tx, registry, reader, object, image }: Asked): Promise<Set<Fact>> {
  if (image === null) return new Set();
  const part = parentOf(object, image);
  const above = part && registry.find(part.object);
  const record = above ? await fetchImage(tx, above, part.id, { lock: false }) : image;
  if (!record) return new Set();
  const owner = above ?? object;
  const { fields } = decide(reader, registry, 'read', owner, record);
  return new Set(
    Object.entries(owner.facts).flatMap(([fact, field]) => (fields.includes(field) ? [fact as Fact] : [])), // keys of `facts` are facts
  );
}

/** What the rules, shares and restrictions in some paths are, each by the id that the record holds. */
export async function policiesIn({ tx }: Asked, ids: readonly string[]): Promise<Map<string, PolicyName>> {
  return ruleNames(tx, ids);
}

/**
 * The rules among these whose names the reader may know: all of them for whoever oversees, else those that look at
 * nothing but fields which the reader may read on this very record. A name may tell as much as the criteria do.
 */
export async function nameableRules(asked: Asked, ids: readonly string[]): Promise<Set<string>> {
  const { tx, registry, reader, oversees, object, image } = asked;
  if (oversees || ids.length === 0) return new Set(ids);
  if (image === null) return new Set();
  const rows = await tx<{ id: string; object: string; filter: unknown }[]>`
    select id, object, filter from criteria where id = any (${[...ids]}::uuid[])
  `;
  const { fields } = decide(reader, registry, 'read', object, image);
  const known = new Set([...fields, 'id', 'created_at']);
  return new Set(
    rows
      .filter((row) => row.object === object.name && looksAt(object, row.filter).every((f) => known.has(f)))
      .map(({ id }) => id),
  );
}

/** Ids of what rules and shares there are in some paths. */
export const policyIdsIn = (paths: readonly Because[]): string[] => idsIn(paths, 'policies');

export const idsIn = (paths: readonly Because[], fact: Fact): string[] => [
  ...new Set(
    paths.flatMap(({ through = [] }) => through.flatMap((match) => (match.fact === fact ? match.ids : []))),
  ),
];

function looksAt(object: ObjectDef, filter: unknown): string[] {
  try {
    return fieldsOf(parseFilter(object, filter));
  } catch {
    // A field that is gone: nobody reads it.
    return [''];
  }
}
