import type { RequestHandler } from 'express';
import type { HttpEnv } from './deps.ts';

/** What every answer tells the browser: run only our own code, embed us nowhere, guess no types, name us to nobody. */
export function securityHeaders(env: HttpEnv): RequestHandler {
  const isTls = env.publicUrl.startsWith('https:');
  return (request, response, next) => {
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(request.headers.host, env));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (env.production && isTls) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}

/** Nothing of the API is kept by the browser or by anything between: rights may be gone the next moment. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/** What a page of ours may load. `styles`: sheets within the page, each by its hash (`'sha256-…'`). */
export function contentSecurityPolicy(
  host: string | undefined,
  { publicUrl }: Pick<HttpEnv, 'publicUrl'>,
  styles: readonly string[] = [],
): string {
  const isTls = publicUrl.startsWith('https:');
  // Not every browser counts a WebSocket to the same host as 'self'. The host is the sender's own words, so only the
  // characters of a host get into the header.
  const socket =
    host !== undefined && /^[a-z0-9.:[\]-]{1,255}$/i.test(host) ? ` ${isTls ? 'wss' : 'ws'}://${host}` : '';
  return [
    "default-src 'self'",
    `connect-src 'self'${socket}`,
    "img-src 'self' data:",
    "font-src 'self'",
    ...(styles.length > 0 ? [`style-src 'self' ${styles.join(' ')}`] : []),
    // Attributes only: a width or a color that the page computes. Style sheets are files.
    "style-src-attr 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
