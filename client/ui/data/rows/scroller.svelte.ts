import type { Attachment } from 'svelte/attachments';

/** After this long without a scroll event nothing scrolls any more. */
const STILL_ms = 150;

/**
 * While one scrolls, all lists of a scroller together draw so many new rows in a frame: after a leap the others follow
 * in the next ones, so that the wheel never waits for them.
 */
const NEW_ROWS = 12;
/** So far outside sight, sideways, things are near. */
const NEAR = '0px 320px';

/** Something that scrolls up and down: `{@attach scroller.watch}`. Lists in it draw what its sight falls on. */
export class Scroller {
  /** How far it is scrolled; sight begins there. */
  top_px = $state(0);
  /** How high sight is; a guess until it is drawn. */
  height_px = $state(900);
  width_px = $state(0);
  scrolling = $state(false);
  /** It has just gone somewhere else altogether: only what is in sight matters until that is drawn. */
  leapt = $state(false);
  /** Rises with every frame, as long as its lists have drawn rows in the one before. */
  frame = $state(0);
  /** Lists that have rows to draw; they share what is drawn in one frame. */
  lists = 0;
  /** How fast it scrolls, in pixels a second; 0 when it is still. */
  speed = 0;
  #element: HTMLElement | null = null;
  #still: ReturnType<typeof setTimeout> | undefined;
  #at_ms = 0;
  #awaited = false;
  readonly #newRows: number;
  #left: number;

  /** `newRows`: fewer, where a row is much to draw. */
  constructor(newRows = NEW_ROWS) {
    this.#newRows = newRows;
    this.#left = newRows;
  }

  readonly watch: Attachment<HTMLElement> = (element) => {
    this.#element = element;
    const scrolled = () => this.#scrolled();
    const observer = new ResizeObserver(() => {
      this.height_px = element.clientHeight;
      this.width_px = element.clientWidth;
    });
    observer.observe(element);
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      this.#element = null;
      clearTimeout(this.#still);
      observer.disconnect();
      element.removeEventListener('scroll', scrolled);
    };
  };

  get element(): HTMLElement | null {
    return this.#element;
  }

  /** Scrolls there at once. */
  to(top_px: number): void {
    if (!this.#element) return;
    this.#element.scrollTop = top_px;
    this.#scrolled();
  }

  /** Scrolls sideways, if it must, until all of that is in sight. */
  acrossTo(element: HTMLElement): void {
    if (!this.#element) return;
    const [sight, box] = [this.#element.getBoundingClientRect(), element.getBoundingClientRect()];
    const [before, after] = [box.left - sight.left, box.right - sight.right];
    if (before < 0) this.#element.scrollLeft += before;
    else if (after > 0) this.#element.scrollLeft += Math.min(before, after);
  }

  /** On something that stands in it: says whether it is in sight sideways, or nearly so. */
  whileNear(say: (near: boolean) => void): Attachment<HTMLElement> {
    return (element) => {
      const observer = new IntersectionObserver((entries) => say(entries.at(-1)?.isIntersecting ?? false), {
        root: element.closest<HTMLElement>('[data-scroller]'),
        rootMargin: NEAR,
      });
      observer.observe(element);
      return () => observer.disconnect();
    };
  }

  /** How many new rows each list may still draw in this frame. */
  get share(): number {
    return Math.ceil(this.#left / Math.max(1, this.lists));
  }

  /** A list has drawn so many new rows, and perhaps put others off: with the next frame it may draw more. */
  spend(rows: number): void {
    this.#left = Math.max(0, this.#left - rows);
    if (this.#awaited) return;
    this.#awaited = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#awaited = false;
        this.#left = this.#newRows;
        this.frame++;
      }),
    );
  }

  #scrolled(): void {
    if (!this.#element) return;
    const [top, now] = [this.#element.scrollTop, performance.now()];
    const way = top - this.top_px;
    if (way === 0) return;
    this.speed = Math.abs(way) / Math.max(16, Math.min(STILL_ms, now - this.#at_ms)) * 1000; // prettier-ignore
    this.#at_ms = now;
    this.top_px = top;
    this.scrolling = true;
    if (Math.abs(way) > this.height_px / 2) this.#leap();
    clearTimeout(this.#still);
    this.#still = setTimeout(() => {
      this.scrolling = false;
      this.speed = 0;
    }, STILL_ms);
  }

  #leap(): void {
    if (this.leapt) return;
    this.leapt = true;
    requestAnimationFrame(() => setTimeout(() => (this.leapt = false)));
  }
}
