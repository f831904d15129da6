import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import { ABSOLUTE_ms } from '../identity/sessions.ts';
import { readToken, type Token } from '../identity/tokens.ts';
import type { HttpEnv } from './deps.ts';

/** The token in a request's cookie, if there is anything of that shape; never throws, whatever the cookie holds. */
export function tokenOf(request: IncomingMessage, env: HttpEnv): Token | null {
  const cookies = parseCookie(request.headers.cookie ?? '', { decode: (text) => text });
  return readToken(cookies[cookieName(env)]);
}

/** The header that hands the browser its token. Script cannot read it, other sites' requests do not carry it. */
export const sessionCookie = (token: Token, env: HttpEnv): string =>
  stringifySetCookie({ ...attributes(env), value: token, maxAge: ABSOLUTE_ms / 1000 });

/** The header that takes the cookie back. */
export const blankCookie = (env: HttpEnv): string =>
  stringifySetCookie({ ...attributes(env), value: '', maxAge: 0 });

/** `__Host-` binds the cookie to this very host over TLS; without TLS (development, demo) browsers refuse that name. */
export const cookieName = (env: HttpEnv): string => (isSecure(env) ? '__Host-rolecall' : 'rolecall');

const isSecure = (env: HttpEnv): boolean => env.production || env.publicUrl.startsWith('https:');

const attributes = (env: HttpEnv) =>
  ({ name: cookieName(env), httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure(env) }) as const;
