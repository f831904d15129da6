import {
  ApiError,
  ERROR_STATUS,
  readOnly,
  type ErrorBody,
  type ErrorCode,
} from '../../shared/protocol/errors.ts';
import { newId } from '../../shared/lib/ids.ts';
import { isAsOneself, seeAsHeader } from './seeAs.ts';

/** The server could not be reached, or did not answer in time: whether it acted is not known. */
export class OfflineError extends Error {
  constructor() {
    super('The server cannot be reached');
    this.name = 'OfflineError';
  }
}

type Query = Record<string, string | number | boolean | object | null | undefined>;
export interface WriteOptions {
  /** The same key for every try of one act: the server does it once. Made here if none is given. */
  idempotencyKey?: string;
  /** Goes through even if the page is being closed; its body is small then (64 kB for all of them). */
  keepalive?: boolean;
}

const TIMEOUT_ms = 15_000;

let lookOver: () => void = () => undefined;

/** Called whenever the server answers that this person may not look as somebody else (any more). */
export function onLookOver(listener: () => void): void {
  lookOver = listener;
}

let sessionOver: (error: ApiError) => void = () => undefined;

/** Called whenever the server answers that this browser's session is not (or no longer) valid. */
export function onSessionOver(listener: (error: ApiError) => void): void {
  sessionOver = listener;
}

/**
 * The HTTP API. `path` starts with `/api/`. Answers the parsed body.
 * @throws ApiError – what the server refused, with its code · OfflineError – no answer at all
 */
export const api = {
  get: <T>(path: string, query?: Query) => call<T>('GET', path + search(query)),
  post: <T>(path: string, body: object = {}, options?: WriteOptions) => call<T>('POST', path, body, options),
  patch: <T>(path: string, body: object, options?: WriteOptions) => call<T>('PATCH', path, body, options),
  put: <T>(path: string, body: object, options?: WriteOptions) => call<T>('PUT', path, body, options),
  delete: <T>(path: string, query?: Query, options?: WriteOptions) =>
    call<T>('DELETE', path + search(query), undefined, options),
};

async function call<T>(method: string, path: string, body?: object, options: WriteOptions = {}): Promise<T> {
  // Whoever looks as somebody else writes nothing; the server would refuse it.
  if (method !== 'GET' && !isAsOneself(path)) throw readOnly();
  const headers: Record<string, string> = { accept: 'application/json', ...seeAsHeader(path) };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['idempotency-key'] = options.idempotencyKey ?? newId();
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      keepalive: options.keepalive ?? false,
      signal: AbortSignal.timeout(TIMEOUT_ms),
    });
    text = await response.text();
  } catch {
    throw new OfflineError();
  }
  return answerOf<T>(response.status, response.statusText, text, response.headers.get('retry-after'));
}

/** What an answer says: its parsed body, or the error it carries. @throws ApiError */
export function answerOf<T>(
  status: number,
  words: string,
  text: string,
  retryAfter: string | null = null,
): T {
  // The server's own schema is the type.
  if (status >= 200 && status < 300) return (text === '' ? undefined : JSON.parse(text)) as T;
  const error = errorFrom(status, words, text, retryAfter);
  if (error.code === 'not_allowed' && error.details.needs === 'see_as') lookOver();
  if (error.code === 'unauthenticated' || error.code === 'session_ended') sessionOver(error);
  throw error;
}

/** Query string of the given values; objects (filters) as JSON, empty ones left out. */
function search(query: Query = {}): string {
  const entries = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null
      ? []
      : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
  );
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`;
}

function errorFrom(status: number, words: string, text: string, retryAfter: string | null): ApiError {
  const after_s = Number(retryAfter ?? NaN);
  const retry = Number.isFinite(after_s) ? { retry_after_s: after_s } : {};
  try {
    return fromBody(JSON.parse(text) as ErrorBody, retry); // checked below: anything else becomes `internal`
  } catch {
    // Something between us and the server answered in its own words.
    const code: ErrorCode = status === 413 ? 'too_large' : status === 502 || status === 503 || status === 504 ? 'unavailable' : 'internal'; // prettier-ignore
    return new ApiError(code, words || 'The server answered something unreadable', retry);
  }
}

/** An error as it was thrown on the other side, from the body that carried it here. */
export function fromBody(body: ErrorBody, more: { retry_after_s?: number } = {}): ApiError {
  const { code, message, ...details } = body.error;
  return new ApiError(code in ERROR_STATUS ? code : 'internal', message, { ...details, ...more });
}
