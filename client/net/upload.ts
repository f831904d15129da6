import { ApiError, readOnly } from '../../shared/protocol/errors.ts';
import { answerOf, OfflineError } from './http.ts';
import { isAsOneself } from './seeAs.ts';

export interface UploadOptions {
  /** Bytes on their way so far; not called more often than the browser does. */
  onprogress?: (sent: number) => void;
  /** Aborting breaks the upload off; it then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Sends a file as it is. By XMLHttpRequest: `fetch` cannot say how far it has come. There is no time limit, since a
 * large file over a slow line takes what it takes; it can be cancelled.
 * @throws ApiError – refused · OfflineError – no answer · the reason of `signal`
 */
export function upload<T>(path: string, file: Blob, { onprogress, signal }: UploadOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    if (!isAsOneself(path)) return reject(readOnly());
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => onprogress?.(event.loaded);
    request.onload = () => {
      try {
        resolve(answerOf<T>(request.status, request.statusText, request.responseText));
      } catch (error) {
        reject(error instanceof Error ? error : new ApiError('internal', String(error)));
      }
    };
    request.onerror = () => reject(new OfflineError());
    request.onabort = () => reject(signal ? reasonOf(signal) : new OfflineError());
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new DOMException('Cancelled', 'AbortError');
