import type { ImportMap } from '../../../shared/protocol/imports.ts';
import type { ImportDesk } from '../../stores/imports/desk.svelte.ts';
import { announce } from '../../ui/overlays/announcer.svelte.ts';
import { toasts } from '../../ui/overlays/toasts.svelte.ts';
import { whyRefused } from './refusal.ts';
import { w } from './w.ts';

/** Reads the file in another way; why that is not possible is told, and the file stays read as it was. */
export async function readAgain(desk: ImportDesk, read: ImportMap['read']): Promise<void> {
  announce(w.map.read_again);
  try {
    await desk.read(read);
  } catch (error) {
    toasts.add({ title: w.failed_load, text: whyRefused(error), tone: 'bad' });
  }
}

/** Reads the heads on another line (0: there are none; undefined: the first). What stands between columns shows there. */
export const readHeadsAt = (desk: ImportDesk, heads: number | undefined): Promise<void> =>
  readAgain(desk, { encoding: desk.preview?.reading.encoding, heads });
