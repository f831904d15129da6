import type { Attachment } from 'svelte/attachments';

/** Calls back whenever the element comes into view, a little before it does. */
export function whenSeen(seen: () => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && seen(),
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
