import type { Attachment } from 'svelte/attachments';

/** After this long without a scroll event nothing scrolls any more. */
const STILL_ms = 150;

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
  /** How fast it scrolls, in pixels a second; 0 when it is still. */
  speed = 0;
  #element: HTMLElement | null = null;
  #still: ReturnType<typeof setTimeout> | undefined;
  #at_ms = 0;

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
