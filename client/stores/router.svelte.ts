import { withChanges } from './query.ts';

/** Where the person is. Links are plain `<a href>`: clicks on them are taken over, so that pages do not reload. */
class Router {
  #url = $state.raw(new URL(location.href));

  path: string = $derived(this.#url.pathname.replace(/(.)\/+$/, '$1'));
  /** Read only: to change it, `go` to an address made by `here`. */
  query: URLSearchParams = $derived(this.#url.searchParams);
  hash: string = $derived(this.#url.hash.slice(1));

  constructor() {
    addEventListener('popstate', () => (this.#url = new URL(location.href)));
    document.addEventListener('click', (event) => this.#follow(event));
  }

  /** Goes to a path of this program. `replace`: without a new step in the browser's history. */
  go(path: string, { replace = false }: { replace?: boolean } = {}): void {
    const url = new URL(path, location.origin);
    if (url.origin !== location.origin || url.href === this.#url.href) return;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.#url = url;
  }

  /** The address of here with some of the query changed; null or '' takes a key out. */
  here(changes: Record<string, string | null>): string {
    const search = withChanges(this.query, changes);
    return this.path + (search === '' ? '' : `?${search}`);
  }

  #follow(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download'))
      return;
    if (!link.hasAttribute('href') || link.getAttribute('href')?.startsWith('#')) return;
    if (/^\/(api|files)\//.test(link.pathname)) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

export const router = new Router();
