/**
 * Runs work while no other tab of this site runs any of the same name. Where the browser has no locks (a page without
 * TLS) it simply runs: what is done twice then has the same key and counts once.
 */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  let begun = false;
  const begin = () => {
    begun = true;
    return work();
  };
  if (typeof navigator === 'undefined' || !navigator.locks) return begin();
  try {
    return await navigator.locks.request(`rolecall-chat:${name}`, begin);
  } catch (error) {
    // A page that may not have storage may not have locks either.
    if (begun) throw error;
    return begin();
  }
}
