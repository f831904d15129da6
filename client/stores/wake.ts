/** The clock is looked at this often … */
const LOOK_ms = 5_000;
/** … and when it has gone so much further meanwhile, the machine slept. */
const SLEPT_ms = 15_000;

/**
 * Calls back when the page may have missed something: it comes to the front, there is a network again, or the machine has
 * slept (`slept`), which a page that stays in front hears of only by the clock.
 */
export function onWake(listener: (slept: boolean) => void): void {
  let last_ms = Date.now();
  const look = (): boolean => {
    const now_ms = Date.now();
    const slept = now_ms - last_ms > LOOK_ms + SLEPT_ms;
    last_ms = now_ms;
    return slept;
  };
  // Pages behind are looked after once a minute only: for them it means nothing, and costs little.
  setInterval(() => look() && listener(true), LOOK_ms);
  addEventListener('online', () => listener(look()));
  addEventListener('pageshow', ({ persisted }) => persisted && listener(true));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') listener(look());
  });
}
