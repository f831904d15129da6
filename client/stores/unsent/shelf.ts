import { inOrder, LIMITS, unsentSchema, type UnsentWrite } from './write.ts';

/** Where one person's unsent writes are kept, for all tabs of this browser and over reloads. */
export interface Shelf {
  /** All of them, oldest first. */
  all(): UnsentWrite[];
  /** As it is kept now; null once it is gone: sent or thrown away, here or in another tab. */
  get(key: string): UnsentWrite | null;
  /** False where there is no room: then it is not kept. */
  put(write: UnsentWrite): boolean;
  drop(key: string): void;
  /** Hears that other tabs have put or dropped something, until the returned function is called. */
  listen(listener: (key: string) => void): () => void;
}

/** Under these names, then the person's id and the write's key: what is somebody else's is never even read. */
const PREFIX = 'unsent:';

/** A write under a name of its own, so that two tabs never overwrite each other's. */
export class LocalShelf implements Shelf {
  readonly #prefix: string;

  constructor(user: string) {
    this.#prefix = `${PREFIX}${user}/`;
  }

  all(): UnsentWrite[] {
    return names(this.#prefix)
      .flatMap((name) => parse(localStorage.getItem(name)) ?? [])
      .sort(inOrder);
  }

  get(key: string): UnsentWrite | null {
    return parse(localStorage.getItem(this.#prefix + key));
  }

  put(write: UnsentWrite): boolean {
    const text = JSON.stringify(write);
    const name = this.#prefix + write.key;
    const others = names(this.#prefix).filter((other) => other !== name);
    const chars = others.reduce(
      (sum, other) => sum + (localStorage.getItem(other)?.length ?? 0),
      text.length,
    );
    if (others.length >= LIMITS.writes || chars > LIMITS.chars) return false;
    try {
      localStorage.setItem(name, text);
      return true;
    } catch {
      // The browser itself has no room.
      return false;
    }
  }

  drop(key: string): void {
    localStorage.removeItem(this.#prefix + key);
  }

  listen(listener: (key: string) => void): () => void {
    const hear = ({ key, storageArea }: StorageEvent): void => {
      if (storageArea === localStorage && key?.startsWith(this.#prefix))
        listener(key.slice(this.#prefix.length));
    };
    addEventListener('storage', hear);
    return () => removeEventListener('storage', hear);
  }
}

/** Forgets what nobody came back for, whoever made it. */
export function sweepShelves(now_ms: number): void {
  for (const name of names(PREFIX)) {
    const write = parse(localStorage.getItem(name));
    if (!write || now_ms - write.at > LIMITS.kept_ms) localStorage.removeItem(name);
  }
}

/** Whether a name of the browser's storage is that of an unsent write, of whomever. */
export const isShelved = (name: string): boolean => name.startsWith(PREFIX);

const names = (prefix: string): string[] =>
  Object.keys(localStorage).filter((name) => name.startsWith(prefix));

function parse(text: string | null): UnsentWrite | null {
  if (text === null) return null;
  try {
    return unsentSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
