import { readOnly, type ApiError, type ErrorBody } from '../../shared/protocol/errors.ts';
import { fromBody } from './http.ts';
import { isAsOneself } from './seeAs.ts';

/** Long enough for the first byte of a file to come. */
const KEEP_ms = 120_000;

/**
 * Has the browser download a file by itself, as it does with a link: with its own progress, and nothing of it held in
 * memory. `path` answers with an attachment. Where it is refused there is a page instead, which is never saved as a file:
 * `refused` is called with its words, null where they cannot be read.
 */
export function download(path: string, refused: (error: ApiError | null) => void): void {
  // A frame cannot say as whom it asks: the file would be one's own.
  if (!isAsOneself(path)) return refused(readOnly());
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = '';
  // An attachment loads no page, so this is called where something else came.
  frame.addEventListener('load', () => {
    refused(errorIn(frame));
    frame.remove();
  });
  frame.src = path;
  document.body.append(frame);
  setTimeout(() => frame.remove(), KEEP_ms);
}

function errorIn(frame: HTMLIFrameElement): ApiError | null {
  try {
    return fromBody(JSON.parse(frame.contentDocument?.body.textContent ?? '') as ErrorBody);
  } catch {
    return null;
  }
}
