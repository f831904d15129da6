import type { Socket } from 'socket.io';
import type { z } from 'zod';
import {
  ApiError,
  closeSchema,
  malformed,
  moreSchema,
  openSchema,
  presenceSchema,
  tooLarge,
  tooManyRequests,
  type Answer,
  type ClientToServer,
  type ServerToClient,
} from '../../shared/protocol/index.ts';
import type { LiveNode } from '../fanout/node.ts';
import { close, more, open } from '../fanout/opening.ts';
import type { Subscriber } from '../fanout/subscriber.ts';
import { log } from '../lib/log.ts';
import { Allowance } from './allowance.ts';

/** What one client may do at most. */
export interface ClientLimits {
  views: number;
  /** Messages of any kind: at once, and in the long run. */
  messages: { burst: number; perSecond: number };
  /** Of these, words of presence: each may be passed on to many. */
  presence: { burst: number; perSecond: number };
}

/** Answers what a client sends: every message is checked, counted and acknowledged, with an error body if refused. */
export function listen<D>(
  socket: Socket<ClientToServer, ServerToClient, Record<string, never>, D>,
  node: LiveNode,
  subscriber: Subscriber,
  limits: ClientLimits,
): void {
  const allowance = new Allowance(limits.messages);
  const presence = new Allowance(limits.presence);
  const on =
    <S extends z.ZodType, T>(
      schema: S,
      act: (message: z.infer<S>, answer: (answer: T) => void) => Promise<void>,
    ) =>
    (message: unknown, answer: unknown) => {
      const reply = typeof answer === 'function' ? (answer as (answer: Answer<T>) => void) : () => undefined;
      answerTo(async () => {
        if (!allowance.take()) throw tooManyRequests(1);
        const parsed = schema.safeParse(message);
        if (!parsed.success) throw malformed(parsed.error.issues[0]?.message ?? 'Malformed message');
        await act(parsed.data, reply);
      }, reply);
    };
  socket.on(
    'open',
    on(openSchema, async (message, answer) => {
      const { views, opening } = subscriber;
      if (views.size + opening >= limits.views && !views.has(message.id))
        throw tooLarge(`At most ${limits.views} views may be open`);
      await open(node, subscriber, message, answer);
    }),
  );
  socket.on(
    'more',
    on(moreSchema, (message, answer) => more(node, subscriber, message, answer)),
  );
  socket.on(
    'close',
    on(closeSchema, async (message, answer) => {
      close(node, subscriber, message.id);
      answer({ ok: true as const });
    }),
  );
  socket.on(
    'presence',
    on(presenceSchema, async (message, answer) => {
      if (!presence.take()) throw tooManyRequests(1);
      node.presence.announce(subscriber, message);
      answer({ ok: true as const });
    }),
  );
}

function answerTo<T>(work: () => Promise<void>, reply: (answer: Answer<T>) => void): void {
  work().catch((error: unknown) => {
    if (error instanceof ApiError) return reply(error.body);
    log.error({ err: error }, 'a socket message failed');
    reply(new ApiError('internal', 'Something went wrong on our side').body);
  });
}
