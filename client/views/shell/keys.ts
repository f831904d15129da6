/** How long after `g` the next key still means a place. */
const SEQUENCE_ms = 1_200;

/** Understands `g` followed by the letter of a place. */
export class GoKeys {
  #until = 0;

  /** The letter of a place, if this key completes one; else null. */
  press(key: string, now = Date.now()): string | null {
    const completes = now < this.#until;
    this.#until = !completes && key === 'g' ? now + SEQUENCE_ms : 0;
    return completes ? key.toLowerCase() : null;
  }
}

/** Whether the key belongs to something that takes keys itself: a field, a menu, a dialog; or to the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input, textarea, select, [contenteditable], [role="combobox"], [role="menu"], [role="listbox"]',
    ) !== null || document.querySelector('[role="dialog"], [role="alertdialog"]') !== null
  );
}
