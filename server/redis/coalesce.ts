interface Merging<T> {
  /** What is of one kind may be said together. */
  kind(message: T): string;
  /** One message that says all that two of a kind, the first of which has not been sent, would have said. */
  merged(first: T, then: T): T;
}

/**
 * One message of a kind on its way and one waiting: a receiver that stands still gathers no queue, and nothing is missed,
 * because the one that waits says all that those before it said.
 */
export function coalesce<T>(
  send: (message: T) => Promise<unknown>,
  { kind, merged }: Merging<T>,
): (message: T) => void {
  const busy = new Set<string>();
  const waiting = new Map<string, T>();
  const go = (message: T): void => {
    const of = kind(message);
    if (busy.has(of)) {
      const first = waiting.get(of);
      waiting.set(of, first === undefined ? message : merged(first, message));
      return;
    }
    busy.add(of);
    const done = () => {
      busy.delete(of);
      const next = waiting.get(of);
      waiting.delete(of);
      if (next !== undefined) go(next);
    };
    send(message).then(done, done);
  };
  return go;
}
