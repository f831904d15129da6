import type { GrantedWay } from '../../shared/access/index.ts';
import type { OwnAction } from '../../shared/objects/index.ts';

export type Verb = 'read' | 'update' | 'assign' | 'delete' | 'export';

/** What a sentence about one object is made of; every language puts it together in its own way. */
export interface Told {
  /** The object's label in the plural. */
  plural: string;
  /** Told to the person ("You read …") or about a role ("Reads …"). */
  self: boolean;
  /** Actions by reach, the widest reading first; empty: it is not seen at all. */
  groups: { verbs: Verb[]; ways: GrantedWay[] }[];
  create: boolean;
  /** Labels of fields that stay hidden on all of them. */
  without: string[];
}

/** What a sentence about the actions of an object's own (a ticket's thread and notes) is made of. */
export interface ToldOwn {
  plural: string;
  self: boolean;
  /** By reach; empty: none of them at all. */
  groups: { actions: OwnAction[]; ways: GrantedWay[] }[];
  /** Labels, in the plural, of the parts that stay unseen. */
  unseen: string[];
}
