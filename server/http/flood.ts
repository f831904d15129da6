import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { tooManyRequests } from '../../shared/protocol/index.ts';
import { network } from '../identity/signInGuard.ts';
import type { HttpEnv } from './deps.ts';

const WINDOW_ms = 10_000;
/** Far above what an office's worth of people does, far below what one node can answer. */
const REQUESTS = 3_000;

/** Keeps one address from taking a node for itself. Sign-in has limits of its own (server/identity/signInGuard.ts). */
export const limitRequests = (env: HttpEnv): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_ms,
    limit: env.requestsPer10s ?? REQUESTS,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (request) => network(request.ip ?? ''),
    handler: () => {
      throw tooManyRequests(WINDOW_ms / 1000);
    },
    // It would warn about X-Forwarded-For from people who try; whose word counts is decided by `trust proxy`.
    validate: false,
  });
