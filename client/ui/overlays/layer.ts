import { createContext } from 'svelte';

const [get, set, has] = createContext<() => HTMLElement | null>();

/** A dialog says where lists and menus opened inside it belong: within it, or assistive technology loses them. */
export const provideLayer = set;

/**
 * Where a floating part is put: into the dialog around it, else into the page's main landmark, else into the body.
 * Call it while the component is being made; the answer is asked for when the part opens.
 */
export function useLayer(): () => HTMLElement {
  const dialog = has() ? get() : null;
  return () => dialog?.() ?? document.getElementById('content') ?? document.body;
}
