import { tick, untrack } from 'svelte';
import type { RowWindow } from './rowWindow.svelte.ts';

interface Options {
  keys: () => readonly string[];
  list: () => RowWindow;
  /** What the rows stand in. */
  element: () => HTMLElement | null;
  /** What of a row takes the focus. */
  target: string;
  /** A key has moved it. */
  moved?: () => void;
}

/** As many rows are loaded by one press of End, where there are more. */
const END_ROWS = 500;

/** Which row of a long list has the focus, and the keys that move it. Pin `row`: it is drawn wherever it is. */
export class RowFocus {
  row = $state<string | null>(null);
  readonly #options: Options;
  #before: readonly string[] = [];

  /** Made while a component begins. */
  constructor(options: Options) {
    this.#options = options;
    // When the focused row goes, the one that took its place has the focus: it never falls out of the list.
    $effect(() => {
      const [is, was] = [options.keys(), this.#before];
      this.#before = is;
      const lost = untrack(() => this.row);
      if (lost === null || is.includes(lost)) return;
      const heir = is[Math.min(was.indexOf(lost), is.length - 1)];
      this.row = null;
      if (heir !== undefined && document.activeElement === document.body) void this.to(heir);
    });
  }

  /** Gives a row the focus, wherever in the list it is. */
  async to(key: string): Promise<void> {
    const { keys, list, element, target } = this.#options;
    if (!keys().includes(key)) return;
    this.row = key;
    await list().reveal(key);
    await tick();
    if (this.row !== key) return;
    const row = element()?.querySelector(`[data-row="${CSS.escape(key)}"]`);
    const found = row?.matches(target) ? row : row?.querySelector(target);
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
  }

  readonly focusin = (event: FocusEvent): void => {
    this.row = rowOf(event.target);
  };
  readonly focusout = (event: FocusEvent): void => {
    if (event.relatedTarget !== null) this.row = null;
    else void leftBehind(event.target).then((left) => left && (this.row = null));
  };

  readonly keydown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || typing(event.target)) return;
    const keys = this.#options.keys();
    const here = keys.indexOf(rowOf(event.target) ?? '');
    const page = this.#options.list().page;
    const last = keys.length - 1;
    const next = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      PageDown: Math.min(here + page, last),
      PageUp: Math.max(here - page, 0),
      Home: 0,
      End: last,
    }[event.key];
    const key = next === undefined ? undefined : keys[next];
    if (key === undefined) return;
    event.preventDefault();
    this.#options.moved?.();
    void this.to(key);
    if (event.key === 'End') void this.#further(key);
  };

  /** The end of what is loaded is not yet the end. */
  async #further(end: string): Promise<void> {
    await this.#options.list().loadMore(END_ROWS);
    const last = this.#options.keys().at(-1);
    if (last !== undefined && last !== end && this.row === end) void this.to(last);
  }
}

/**
 * What has lost the focus to nothing is still there: somebody pressed beside it. Otherwise it went itself, or the whole
 * window is no longer in front; then the focus is still to be looked after.
 */
export async function leftBehind(target: EventTarget | null): Promise<boolean> {
  await tick();
  return (
    document.activeElement === document.body &&
    target instanceof Element &&
    target.isConnected &&
    target.closest('[inert]') === null
  );
}

const rowOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? null) : null;

const typing = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, select, [role="combobox"]');
