import { IMPORT_LIMITS } from '../../../shared/protocol/imports.ts';
import { uploadImport } from './doors.ts';

/** Why a file cannot be taken, before anything is sent. */
export type Unfit = 'too_large' | 'empty' | 'not_text';

/** A file on its way to the server. */
export class Sending {
  file = $state.raw<File | null>(null);
  sent = $state(0);
  error = $state.raw<Error | null>(null);
  #cancel: AbortController | null = null;

  /** From 0 to 1. */
  share: number = $derived(this.file && this.file.size > 0 ? Math.min(1, this.sent / this.file.size) : 0);

  /** Answers the new import's id; null where it was cancelled or refused (then `error` says why). */
  async send(object: string, file: File): Promise<string | null> {
    this.file = file;
    this.sent = 0;
    this.error = null;
    const cancel = new AbortController();
    this.#cancel = cancel;
    try {
      const record = await uploadImport(object, file, {
        onprogress: (sent) => (this.sent = sent),
        signal: cancel.signal,
      });
      return record.id;
    } catch (error) {
      if (!cancel.signal.aborted) this.error = error instanceof Error ? error : new Error(String(error));
      return null;
    } finally {
      if (this.#cancel === cancel) this.#cancel = null;
      this.file = null;
    }
  }

  cancel(): void {
    this.#cancel?.abort();
  }
}

/** Enough of a file to tell text from a picture or a workbook. */
const LOOKED_AT_BYTES = 4_096;

/** What is wrong with a file that can be seen from here; the server looks closer. */
export async function unfit(file: File): Promise<Unfit | null> {
  if (file.size === 0) return 'empty';
  if (file.size > IMPORT_LIMITS.bytes) return 'too_large';
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer());
  return looksLikeText(bytes) ? null : 'not_text';
}

/** Workbooks (zip), old workbooks, PDF and pictures begin with marks of their own. */
const MARKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
  [0x25, 0x50, 0x44, 0x46],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x1f, 0x8b],
];

const looksLikeText = (bytes: Uint8Array): boolean =>
  !MARKS.some((mark) => mark.every((byte, i) => bytes[i] === byte));
