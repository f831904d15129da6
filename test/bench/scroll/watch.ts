import type { Page } from 'playwright-core';

/** What a page went through while it was scrolled. */
export interface Seen {
  /** Milliseconds of each task over 50 ms. */
  long_ms: number[];
  /** The most row elements that stood in the page at once. */
  rows: number;
  /** The longest that the middle of the list was empty. */
  blank_ms: number;
  /** Frames drawn a second. */
  fps: number;
}

interface Watch {
  begin: (rows: string) => void;
  end: () => Seen;
}
declare global {
  interface Window {
    scrollWatch: Watch;
  }
}

/** Has every page of the tab watch its long tasks and, between `begin` and `end`, its rows. */
export async function watchPages(page: Page): Promise<void> {
  // What runs this file gives functions their names by a helper that a page does not have.
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.addInitScript(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(Math.round(entry.duration));
    });
    observer.observe({ type: 'longtask' });
    let [most, blank_ms, emptySince, frames, begun, selector] = [0, 0, 0, 0, 0, ''];

    function look(now: number): void {
      if (selector === '') return;
      frames++;
      most = Math.max(most, document.querySelectorAll(selector).length);
      const list = document.querySelector(selector)?.parentElement?.getBoundingClientRect();
      const middle =
        list && document.elementFromPoint(list.left + Math.min(200, list.width / 2), innerHeight / 2);
      if (middle?.closest(selector) ?? middle?.querySelector(selector) === null) emptySince = now;
      else blank_ms = Math.max(blank_ms, now - emptySince);
      requestAnimationFrame(look);
    }
    window.scrollWatch = {
      begin(rows) {
        tasks.length = 0;
        [most, blank_ms, emptySince, frames, begun] = [0, 0, performance.now(), 0, performance.now()];
        selector = rows;
        requestAnimationFrame(look);
      },
      end() {
        selector = '';
        for (const entry of observer.takeRecords()) tasks.push(Math.round(entry.duration));
        const fps = Math.round((frames / (performance.now() - begun)) * 1000);
        return { long_ms: [...tasks], rows: most, blank_ms: Math.round(blank_ms), fps };
      },
    };
  });
}
