import { fileKind, KIND_BYTES, type FileKind } from '../../../shared/imports/fileKind.ts';
import { IMPORT_LIMITS } from '../../../shared/protocol/imports.ts';
import { uploadImport } from './doors.ts';

/** Why a file cannot be taken, before anything is sent. */
export type Unfit = 'too_large' | 'empty' | FileKind;

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

/** What is wrong with a file that can be seen from here; the server looks closer. */
export async function unfit(file: File): Promise<Unfit | null> {
  if (file.size === 0) return 'empty';
  const kind = fileKind(new Uint8Array(await file.slice(0, KIND_BYTES).arrayBuffer()));
  return kind ?? (file.size > IMPORT_LIMITS.bytes ? 'too_large' : null);
}
