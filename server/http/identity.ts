import { Router, type Request, type Response } from 'express';
import { awaySchema, joinSchema, signInSchema, welcomeSchema } from '../../shared/protocol/index.ts';
import { acceptInvitation } from '../commands/identity/acceptInvitation.ts';
import { join } from '../commands/identity/join.ts';
import { signIn, type SignedIn } from '../commands/identity/signIn.ts';
import { signOut } from '../commands/identity/signOut.ts';
import { setAway } from '../commands/support/setAway.ts';
import { deviceOf } from '../identity/device.ts';
import { describeMe } from '../queries/me.ts';
import { blankCookie, sessionCookie, tokenOf } from './cookie.ts';
import type { HttpDeps } from './deps.ts';
import type { Doors } from './door.ts';
import { nothing } from './query.ts';
import { requestIdOf } from './requestId.ts';

/** Coming in, going out, and who one is. */
export function identityRoutes(deps: HttpDeps, { read, write }: Doors): Router {
  const { app, env, hits } = deps;
  const router = Router();

  router.post('/session', async (request, response) => {
    nothing.parse(request.query);
    const { email, password } = signInSchema.parse(request.body);
    const signedIn = await signIn(app, hits, {
      ...whence(request, response),
      email,
      password,
      replaces: tokenOf(request, env),
    });
    welcome(response, 200, signedIn);
  });

  router.delete(
    '/session',
    write(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { status: 200, body: await signOut(app, caller), headers: { 'Set-Cookie': blankCookie(env) } };
    }),
  );

  // By the link of an invitation; its token is in the body, as addresses end up in logs.
  router.post('/welcome', async (request, response) => {
    nothing.parse(request.query);
    const acceptance = welcomeSchema.parse(request.body);
    welcome(response, 201, await acceptInvitation(app, { ...whence(request, response), ...acceptance }));
  });

  router.post('/join', async (request, response) => {
    nothing.parse(request.query);
    const joining = joinSchema.parse(request.body);
    welcome(response, 201, await join(app, { ...whence(request, response), ...joining }));
  });

  router.get(
    '/me',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return describeMe(app, caller);
    }),
  );

  router.put(
    '/me/away',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      return { status: 200, body: await setAway(app, caller, awaySchema.parse(body).away) };
    }),
  );

  return router;

  function welcome(response: Response, status: number, { token, user }: SignedIn): void {
    response.setHeader('Set-Cookie', sessionCookie(token, env));
    response.status(status).json({ user });
  }
}

const whence = (request: Request, response: Response) => ({
  device: deviceOf(request.headers['user-agent']),
  address: request.ip ?? '',
  requestId: requestIdOf(response),
});
