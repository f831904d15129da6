import { firstName as firstNameOf } from '../../shared/lib/names.ts';
import { names } from '../stores/names.svelte.ts';
import { session } from '../stores/session.svelte.ts';
import { titleOf } from '../stores/values.ts';
import { w } from './thread/w.ts';

/** The name behind an id: '…' while it is on its way, other words where it is not for this person. Reactive. */
export function nameOf(object: string, id: string): string {
  const record = names.get(object, id);
  if (record === undefined) return '…';
  return record === null ? w.no_name : titleOf(session.registry.get(object), record);
}

/** A colleague's first name, as one calls them. Reactive. */
export const firstName = (userId: string): string => firstNameOf(nameOf('user', userId));
