import type { Page } from 'playwright-core';

/** Everything that a page can keep: all its storages as JSON, and then what stands in it. */
export const remains = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const kept = { local: { ...localStorage }, session: { ...sessionStorage }, databases };
    const cached = await caches.keys();
    return JSON.stringify({ kept, cached, cookie: document.cookie }) + document.documentElement.outerHTML;
  });
