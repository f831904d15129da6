import Download from '@lucide/svelte/icons/download';
import { can } from '../../stores/session.svelte.ts';
import type { MenuEntry } from '../../ui/types.ts';
import { w } from '../w.ts';

/** The line of a list's menu that takes it out as a file; without the right it says so. Reactive. */
export const exportEntry = (object: string, run: () => void): MenuEntry => ({
  label: w.export.entry,
  icon: Download,
  disabledReason: can.export(object) ? undefined : w.export.needs,
  run,
});
