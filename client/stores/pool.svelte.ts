import { SvelteMap } from 'svelte/reactivity';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { changes } from './changes.svelte.ts';
import { Replica } from './replica.ts';
import type { Window } from './window.ts';

const listeners: Record<string, (window: Window) => void> = {};
const records = new SvelteMap<string, MaskedRecord>();

/** The one replica of this page; views, names and commands work on it, components read `pool` and their views. */
export const replica = new Replica({
  record(object, id, record) {
    if (record) records.set(`${object}/${id}`, record);
    else records.delete(`${object}/${id}`);
  },
  view: (window) => listeners[window.id]?.(window),
  changed: (change) => changes.note(change),
});

/** Hears of a view's rows and totals until the returned function is called. */
export function onWindow(id: string, listener: (window: Window) => void): () => void {
  listeners[id] = listener;
  return () => void delete listeners[id];
}

/** Every record that is held by an open view, by object and id. */
export const pool = {
  /** Reactive. Own unsent changes included; undefined where no open view contains it. */
  get: (object: string, id: string): MaskedRecord | undefined => records.get(`${object}/${id}`),
};
