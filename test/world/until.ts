/**
 * Waits until `condition` gives something truthy and returns it; an error it throws counts as "not yet". Fails
 * after `timeout_ms` (10 s) with `what` and the last error. Instead of sleeping: a slow machine is waited
 * for, a fast one is not.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout_ms = 10_000, every_ms = 15, what = 'the condition' } = {},
): Promise<Truthy<T>> {
  const end_ms = performance.now() + timeout_ms;
  let last: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value as Truthy<T>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((wake) => setTimeout(wake, every_ms));
  } while (performance.now() < end_ms);
  const because = last instanceof Error ? `: ${last.message}` : '';
  throw new Error(`Waited ${timeout_ms} ms in vain for ${what}${because}`, { cause: last });
}

/** What is left of a type once it has passed an `if`; the compiler does not work that out for a `T`. */
type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;
