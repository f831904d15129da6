import type { Way } from '../../shared/access/index.ts';

export type Verb = 'read' | 'update' | 'assign' | 'delete' | 'export';

/** What a sentence about one object is made of; every language puts it together in its own way. */
export interface Told {
  /** The object's label in the plural. */
  plural: string;
  /** Told to the person ("You read …") or about a role ("Reads …"). */
  self: boolean;
  /** Actions by reach, the widest reading first; empty: it is not seen at all. */
  groups: { verbs: Verb[]; ways: Way[] }[];
  create: boolean;
  /** Labels of fields that stay hidden on all of them. */
  without: string[];
}
