/** Whether the chat is the whole screen; the same width as in the styles. */
export const isWholeScreen = (): boolean => matchMedia('(max-width: 480px)').matches;

/** Whether a keyboard on the screen would cover half of it as soon as a field has the focus. */
export const isTouched = (): boolean => matchMedia('(pointer: coarse)').matches;

/**
 * Keeps an element within what can be seen: a keyboard on the screen covers a fixed element without resizing it. Sets
 * `--seen-top` and `--seen-height` in pixels; answers how to stop.
 */
export function withinSight(element: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const fit = () => {
    element.style.setProperty('--seen-top', `${viewport.offsetTop}px`);
    element.style.setProperty('--seen-height', `${viewport.height}px`);
  };
  fit();
  viewport.addEventListener('resize', fit);
  viewport.addEventListener('scroll', fit);
  return () => {
    viewport.removeEventListener('resize', fit);
    viewport.removeEventListener('scroll', fit);
  };
}

/** Keeps Tab within an element that is the whole screen: what lies behind cannot be seen. */
export function turnTab(event: KeyboardEvent, element: HTMLElement): void {
  if (event.key !== 'Tab' || !isWholeScreen()) return;
  const stops = [
    ...element.querySelectorAll<HTMLElement>(
      'a[href], button:not(:disabled), input, textarea, [tabindex="0"]',
    ),
  ];
  const root = element.getRootNode();
  const focused = root instanceof ShadowRoot ? root.activeElement : null;
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (focused !== from && focused !== element) return;
  if (focused === element && !event.shiftKey) return;
  event.preventDefault();
  to?.focus();
}
