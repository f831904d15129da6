import type { Attachment } from 'svelte/attachments';

/** Up, Down, Home and End go from row to row; Enter is the link's own. Not while someone types in a cell. */
export function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const target = event.target;
  if (!(target instanceof HTMLElement) || target.matches('input, textarea, select, [role="combobox"]'))
    return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('.row-link')];
  const here = links.findIndex((link) => link.closest('tr')?.contains(target));
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (next === undefined) return;
  const link = links[next];
  if (!link) return;
  event.preventDefault();
  link.focus();
  link.scrollIntoView({ block: 'nearest' });
}

/** Calls back whenever the element comes into view, a little before it does. */
export function whenSeen(seen: () => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && seen(),
      {
        rootMargin: '400px',
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
