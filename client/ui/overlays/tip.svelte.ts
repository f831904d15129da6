import type { Attachment } from 'svelte/attachments';

export type TipSide = 'top' | 'bottom' | 'right';

const WAIT_MS = 400;
/** Someone reading one tip after another does not wait again. */
const WARM_MS = 400;

/**
 * The one tooltip of the page. Every trigger shares it: a board of four hundred cards would otherwise carry
 * as many state machines for a line of text that is almost never on screen.
 */
class Tip {
  text = $state('');
  side = $state<TipSide>('top');
  anchor = $state.raw<HTMLElement | null>(null);
  readonly id = 'tip';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hidden_at = 0;

  wait(anchor: HTMLElement, text: string, side: TipSide): void {
    clearTimeout(this.#timer);
    const warm = this.anchor !== null || Date.now() - this.#hidden_at < WARM_MS;
    this.#timer = setTimeout(() => this.show(anchor, text, side), warm ? 0 : WAIT_MS);
  }

  show(anchor: HTMLElement, text: string, side: TipSide): void {
    // What has opened something says the rest by that.
    if (!anchor.isConnected || anchor.ariaExpanded === 'true') return;
    this.hide();
    this.text = text;
    this.side = side;
    this.anchor = anchor;
    // The tip of an icon button repeats its name; only something new is worth describing.
    if (anchor.ariaLabel !== text && !anchor.hasAttribute('aria-describedby')) {
      anchor.setAttribute('aria-describedby', this.id);
    }
  }

  /** Hides, after a moment in which the pointer may travel onto the tip itself. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), 120);
  }

  stay(): void {
    clearTimeout(this.#timer);
  }

  hide(): void {
    clearTimeout(this.#timer);
    if (!this.anchor) return;
    if (this.anchor.getAttribute('aria-describedby') === this.id)
      this.anchor.removeAttribute('aria-describedby');
    this.anchor = null;
    this.#hidden_at = Date.now();
  }
}

export const shared = new Tip();

/**
 * Gives an element a tooltip: `{@attach tip(() => 'Why it is off')}`. Shown on hover, on keyboard focus, and on a
 * press of something switched off (fingers do not hover). An empty text shows nothing.
 */
export function tip(text: () => string | undefined | null, side: TipSide = 'top'): Attachment<HTMLElement> {
  return (element) => {
    const now = (after: (words: string) => void) => {
      const words = text();
      if (words) after(words);
    };
    const handlers: Record<string, (event: Event) => void> = {
      pointerenter: (event) => {
        if (event instanceof PointerEvent && event.pointerType === 'mouse') {
          now((words) => shared.wait(element, words, side));
        }
      },
      pointerleave: () => shared.leave(),
      pointerdown: () => shared.hide(),
      focusin: () => {
        if (element.matches(':focus-visible')) now((words) => shared.show(element, words, side));
      },
      // After whatever has taken the focus away: it may be drawing just now, and removing the element.
      focusout: () => queueMicrotask(() => shared.anchor === element && shared.hide()),
      click: () => {
        if (element.ariaDisabled === 'true') now((words) => shared.show(element, words, side));
      },
    };
    for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler);
    return () => {
      for (const [name, handler] of Object.entries(handlers)) element.removeEventListener(name, handler);
      if (shared.anchor === element) shared.hide();
    };
  };
}
