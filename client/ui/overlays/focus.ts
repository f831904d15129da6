/**
 * Where the focus goes when a dialog opens: what asks for it, else the first thing to fill in, else the first button
 * of the footer – Cancel, so that a hasty Enter destroys nothing – else the dialog itself.
 */
export function focusInside(event: Event, box: HTMLElement | null): void {
  const wished =
    box?.querySelector<HTMLElement>('[data-autofocus]') ??
    box?.querySelector<HTMLElement>('.body :is(input, textarea, [role="combobox"]):not([disabled])') ??
    box?.querySelector<HTMLElement>('.footer button');
  if (!wished) return;
  event.preventDefault();
  wished.focus();
}
