import type { ErrorBody } from '../../../shared/protocol/errors.ts';
import type { Message } from '../chat/thread.ts';

const TIMEOUT_ms = 15_000;

export interface Channel {
  name: string;
  greeting: string | null;
}
/** What the server knows of whoever sits at this browser. */
export interface Visitor {
  name: string | null;
  email: string | null;
  channel: Channel;
  /** Id of the ticket in which they talk; null before the first message. */
  ticket: string | null;
}

/** The server could not be reached, or did not answer in time: whether it acted is not known. */
export class Unreachable extends Error {}

/** The server said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** A code of shared/protocol/errors.ts, or '' from whatever stands between us and the server. */
    readonly code: string,
    readonly retryAfter_s: number | undefined,
    readonly fields: Record<string, string>,
  ) {
    super(code);
  }
}

/**
 * What a customer can ask of the server at `base` (an address without a path), each with the token of their own. No
 * cookies: the page around us belongs to somebody else. All of them throw Refused or Unreachable.
 */
export const visitorApi = (base: string) => ({
  begin: (channel: string) =>
    call<{ token: string; channel: Channel }>(base, 'POST', '', null, { body: { channel } }),
  me: (token: string) => call<Visitor>(base, 'GET', '', token),
  /** Leaves name and e-mail; null takes one back. */
  introduce: (token: string, about: { name: string | null; email: string | null }) =>
    call<unknown>(base, 'PATCH', '', token, { body: about }),
  say: (token: string, body: string, key: string) =>
    call<{ ticket: string | { id: string }; message: Message }>(base, 'POST', '/messages', token, {
      body: { body },
      key,
    }),
  /** Up to the message of that moment. */
  seen: (token: string, through: string) =>
    call<unknown>(base, 'POST', '/seen', token, { body: { through } }),
});
export type VisitorApi = ReturnType<typeof visitorApi>;

async function call<T>(
  base: string,
  method: string,
  path: string,
  token: string | null,
  { body, key }: { body?: object; key?: string } = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (key !== undefined) headers['idempotency-key'] = key;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${base}/api/visitor${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_ms),
    });
    text = await response.text();
  } catch {
    throw new Unreachable();
  }
  const answer = parse(text);
  if (response.ok && answer !== undefined) return answer as T; // the server's own schema is the type
  // A page of a proxy or a hotel's network in place of an answer: nothing of ours has been reached.
  if (response.ok) throw new Unreachable();
  const { error } = (answer ?? {}) as Partial<ErrorBody>; // read with care below
  const after_s = Number(response.headers.get('retry-after') ?? NaN);
  throw new Refused(
    response.status,
    error?.code ?? '',
    Number.isFinite(after_s) && after_s > 0 ? after_s : undefined,
    error?.fields ?? {},
  );
}

/** `null` for an empty answer, undefined for one that is no JSON. */
function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
