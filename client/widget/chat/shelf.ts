const PREFIX = 'rolecall-chat';

/** What this browser keeps for one channel, shared by all tabs of one site. Values are texts, by name. */
export interface Shelf {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names that begin with `start`. */
  names(start: string): string[];
  /** Another tab has changed something; null where it changed everything. */
  onChange(listener: (name: string | null) => void): void;
}

/**
 * Browsers refuse storage to embedded or private pages, and run out of it: what cannot be written there is held in
 * memory, for as long as the page lives.
 */
export function openShelf(channel: string, find: () => Storage = () => localStorage): Shelf {
  const storage = attempt(find);
  const memory = new Map<string, string>();
  const full = (name: string) => `${PREFIX}:${channel}:${name}`;
  return {
    get: (name) => memory.get(name) ?? attempt(() => storage?.getItem(full(name))) ?? null,
    set(name, value) {
      memory.delete(name);
      const isWritten = attempt(() => {
        storage?.setItem(full(name), value);
        return storage?.getItem(full(name)) === value;
      });
      if (!isWritten) memory.set(name, value);
    },
    remove(name) {
      memory.delete(name);
      attempt(() => storage?.removeItem(full(name)));
    },
    names(start) {
      const written = attempt(() => Object.keys(storage ?? {})) ?? [];
      const kept = written
        .filter((key) => key.startsWith(full(start)))
        .map((key) => key.slice(full('').length));
      return [...new Set([...kept, ...[...memory.keys()].filter((name) => name.startsWith(start))])];
    },
    onChange(listener) {
      if (typeof addEventListener !== 'function') return;
      addEventListener('storage', ({ key }) => {
        if (key === null) listener(null);
        else if (key.startsWith(full(''))) listener(key.slice(full('').length));
      });
    },
  };
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
