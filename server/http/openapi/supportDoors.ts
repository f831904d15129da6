import { z } from 'zod';
import {
  awayAnswerSchema,
  awaySchema,
  draftAnswerSchema,
  draftsAnswerSchema,
  draftSchema,
  newVisitAnswerSchema,
  newVisitorSchema,
  seenSchema,
  THREAD_MAX,
  ticketMessageSchema,
  visitAnswerSchema,
  visitorMessageSchema,
  visitorPatchSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, objectSchema, ref, type Json } from './schemas.ts';

/** Threads, drafts and notifications, and the doors of customers. */
export function supportDoors(): [string, Operation][] {
  const done = { 204: null };
  const said: Json = { anyOf: [ref('Message'), ref('Note')] };
  const kind = jsonSchema(z.object({ kind: z.enum(['reply', 'note']) }), 'output');
  const thread = objectSchema({ rows: { type: 'array', items: { allOf: [said, kind] } } }, ['rows']);
  const draft: Operation = {
    summary: 'Keep what one is writing; blank: there is none',
    body: draftSchema,
    answers: { 200: jsonSchema(draftAnswerSchema, 'output') },
  };
  const visit = jsonSchema(visitAnswerSchema, 'output');
  const written = objectSchema({ ticket: { type: 'string', format: 'uuid' }, message: ref('Message') }, [
    'ticket',
    'message',
  ]);
  const by = 'visitor';
  return [
    [
      'PUT /api/me/away',
      {
        summary:
          'Say that one is away, which gives one’s unsolved tickets back to their queues, or back again',
        body: awaySchema,
        answers: { 200: jsonSchema(awayAnswerSchema, 'output') },
      },
    ],
    [
      'GET /api/tickets/{id}/messages',
      { summary: `The latest ${THREAD_MAX} messages and notes, oldest first`, answers: { 200: thread } },
    ],
    [
      'POST /api/tickets/{id}/messages',
      {
        summary: 'Answer the customer, or leave a private note',
        body: ticketMessageSchema,
        answers: { 201: { anyOf: [said, ref('Gone')] } },
        idempotent: true,
      },
    ],
    [
      'POST /api/tickets/{id}/seen',
      { summary: 'Read by us, up to a moment', body: seenSchema, answers: done },
    ],
    [
      'GET /api/drafts',
      { summary: "The caller's drafts", answers: { 200: jsonSchema(draftsAnswerSchema, 'output') } },
    ],
    ['PUT /api/drafts/{id}/reply', draft],
    ['PUT /api/drafts/{id}/note', draft],
    ['POST /api/notifications/{id}/read', { summary: 'Take note of one', answers: done }],
    ['POST /api/notifications/read', { summary: 'Take note of all', answers: done }],
    [
      'POST /api/visitor',
      {
        summary: 'A customer comes; the answer holds their token',
        body: newVisitorSchema,
        answers: { 201: jsonSchema(newVisitAnswerSchema, 'output') },
        open: true,
      },
    ],
    ['GET /api/visitor', { summary: 'Who the customer is to us', answers: { 200: visit }, by }],
    [
      'PATCH /api/visitor',
      {
        summary: 'The customer says who they are',
        body: visitorPatchSchema,
        answers: { 200: visit },
        by,
      },
    ],
    ['DELETE /api/visitor', { summary: 'End the token, and its sockets', answers: done, by }],
    [
      'POST /api/visitor/messages',
      {
        summary: 'The customer writes; their first message opens a ticket',
        body: visitorMessageSchema,
        answers: { 201: written },
        idempotent: true,
        by,
      },
    ],
    [
      'POST /api/visitor/seen',
      { summary: 'Read by the customer, up to a moment', body: seenSchema, answers: done, by },
    ],
  ];
}
