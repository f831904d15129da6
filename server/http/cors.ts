import type { RequestHandler } from 'express';
import { foreignOrigin } from '../../shared/protocol/index.ts';
import type { HttpDeps } from './deps.ts';
import { visitorOrigin } from './origin.ts';

/**
 * Lets pages of the web sites that our channels name talk to the visitors' doors and read what these answer; all
 * others are refused, before anything is looked at. No cookies go either way. Which token works on which of these
 * pages is asked when the token is known.
 */
export const allowChannelOrigins =
  ({ app, env }: HttpDeps): RequestHandler =>
  async (request, response, next) => {
    response.vary('Origin');
    if (!(await visitorOrigin({ app, env }, null, request))) throw foreignOrigin();
    const { origin } = request.headers;
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
    }
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key');
    response.setHeader('Access-Control-Max-Age', '600');
    response.status(204).end();
  };
