/**
 * The props of a control that is switched off: the same without its handlers. The element keeps its focus and
 * its tooltip (a `disabled` attribute would take both and leave nobody to say why), so the handlers must go.
 * Symbols stay: they are attachments, by which overlays hold on to their anchor.
 */
export function withoutHandlers<T extends object>(props: T): Partial<T> {
  const kept: Partial<T> = {};
  for (const key of Reflect.ownKeys(props)) {
    const value: unknown = Reflect.get(props, key);
    if (typeof key === 'string' && key.startsWith('on') && typeof value === 'function') continue;
    Object.defineProperty(kept, key, { value, enumerable: true });
  }
  return kept;
}

/** Stops whatever a press would have done, a form's submit included. */
export function refuse(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
