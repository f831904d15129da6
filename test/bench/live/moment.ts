/** Milliseconds since 1970, finer than `Date.now()`: the same clock that Postgres has on this machine. */
export const moment_ms = (): number => offset_ms + performance.now();

// `performance.timeOrigin` is not corrected when the wall clock is: so what lies between the two is looked up.
const offset_ms = (() => {
  const begin = Date.now();
  let now = begin;
  // A new millisecond has just begun.
  while (now === begin) now = Date.now();
  return now - performance.now();
})();
