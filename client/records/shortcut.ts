/**
 * The plain key of a shortcut: null while someone types, while a dialog or menu is open, or with a modifier held
 * (Shift is part of some shortcuts, so it is left to the caller).
 */
export function shortcut(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey)
    return null;
  const target = event.target;
  if (!(target instanceof Element)) return null;
  if (
    target.closest(
      'input, textarea, select, [contenteditable], [role="combobox"], [role="menu"], [role="dialog"]',
    )
  )
    return null;
  if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return null;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}
