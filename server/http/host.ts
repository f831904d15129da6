import type { RequestHandler } from 'express';
import { ApiError } from '../../shared/protocol/index.ts';
import type { HttpEnv } from './deps.ts';

/**
 * The demo's accounts and passwords are known to everyone, so it answers under loopback names only: a name of somebody
 * else's that leads to this machine (DNS rebinding, a tunnel, a proxy) reaches nothing.
 */
export const loopbackOnlyInDemo =
  (env: HttpEnv): RequestHandler =>
  (request, _response, next) => {
    if (env.demo && !isLoopback(request.headers.host)) {
      throw new ApiError('foreign_origin', 'The demo answers under localhost only');
    }
    next();
  };

/** Whether a `Host` header names this machine by a loopback name or address. */
export function isLoopback(host: string | undefined): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
