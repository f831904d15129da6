import type { Attachment } from 'svelte/attachments';

/** This near the end counts as the end. */
const END_px = 48;

/**
 * Keeps a scrolled list where its reader is: at the end it follows what comes, elsewhere what is being read stays in
 * its place, whatever is added before or after it. The lines it holds on to carry `data-key`.
 */
export class Stay {
  /** The end is in sight, and followed. */
  following = $state(true);
  #box: HTMLElement | null = null;
  /** The first line in sight, and how far it stands below the upper edge. */
  #held: { key: string; offset_px: number } | null = null;

  /** For the box that scrolls; its only child holds the lines. `ontop`: the upper end came near. */
  readonly attach =
    (ontop: () => void): Attachment<HTMLElement> =>
    (box) => {
      this.#box = box;
      const settle = () => this.#settle();
      // Before it is painted, so that nothing is seen to jump.
      const sizes = new ResizeObserver(settle);
      sizes.observe(box);
      if (box.firstElementChild) sizes.observe(box.firstElementChild);
      const scrolled = () => {
        this.following = box.scrollHeight - box.clientHeight - box.scrollTop <= END_px;
        this.#hold();
        if (box.scrollTop < box.clientHeight) ontop();
      };
      box.addEventListener('scroll', scrolled, { passive: true });
      return () => {
        sizes.disconnect();
        box.removeEventListener('scroll', scrolled);
        this.#box = null;
      };
    };

  /** Goes to the end, and follows it again. */
  toEnd(): void {
    this.following = true;
    this.#settle();
  }

  #settle(): void {
    const box = this.#box;
    if (!box) return;
    if (this.following) box.scrollTop = box.scrollHeight;
    else {
      const line = this.#held && box.querySelector(`[data-key="${CSS.escape(this.#held.key)}"]`);
      if (line && this.#held) box.scrollTop += offsetIn(box, line) - this.#held.offset_px;
    }
    this.#hold();
  }

  #hold(): void {
    const box = this.#box;
    if (!box) return;
    for (const line of box.querySelectorAll<HTMLElement>('[data-key]')) {
      const offset_px = offsetIn(box, line);
      if (offset_px + line.offsetHeight <= 0) continue;
      this.#held = { key: line.dataset['key'] ?? '', offset_px };
      return;
    }
  }
}

const offsetIn = (box: Element, line: Element): number =>
  line.getBoundingClientRect().top - box.getBoundingClientRect().top;
