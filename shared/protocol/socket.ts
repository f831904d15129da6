import { z } from '../lib/zod.ts';
import type { MaskedRecord, May } from '../access/index.ts';
import type { Value } from '../fields/index.ts';
import type { ErrorBody } from './errors.ts';
import type { Totals } from './totals.ts';
import { CURSOR_MAX, ROWS_MAX, viewSchema } from './view.ts';

/** Raised whenever a message changes its shape; pinned by test/shared/protocol/version.test.ts. */
export const PROTOCOL_VERSION = 5;

export const SOCKET_LIMITS = {
  views: 60,
  /** A customer sees one ticket and its messages. */
  customerViews: 6,
  /** Has room for `have` at its longest beside a filter at its longest. */
  messageBytes: 196_608,
  customerMessageBytes: 65_536,
  have: 2_000,
};

const viewId = z.string().min(1).max(60);

export const openSchema = z.strictObject({
  id: viewId,
  view: viewSchema,
  /** The cursor of the last answer for this view; with `have`, for an answer that holds the differences only. */
  since: z.string().max(300).optional(),
  /** All that the client holds for this view: ids, versions, and what is readable of each (maskTag.ts). */
  have: z
    .array(z.tuple([z.uuid(), z.int().min(0), z.string().max(80)]))
    .max(SOCKET_LIMITS.have)
    .optional(),
});
export const moreSchema = z.strictObject({
  id: viewId,
  after: z.string().max(CURSOR_MAX),
  /** How many rows at most; without it as many as the view was opened with. */
  limit: z.int().min(1).max(ROWS_MAX).optional(),
});
export const closeSchema = z.strictObject({ id: viewId });

/**
 * "I am here": about a record that this socket has open as a view with `record`. `field` is what they are writing in
 * right now: `reply`, `note`, or a field's name; without it they only look. To be repeated within `PRESENCE`.
 */
export const presenceSchema = z.strictObject({
  record: z.uuid(),
  field: z.string().min(1).max(60).optional(),
  /** `away`: their window is not in front. */
  state: z.enum(['here', 'away', 'gone']),
});
/** How often presence must be repeated, and after what it ends by itself. */
export const PRESENCE = {
  writingEvery_ms: 5_000,
  hereEvery_ms: 20_000,
  writingFor_ms: 7_000,
  hereFor_ms: 30_000,
};

export type OpenRequest = z.infer<typeof openSchema>;
export type MoreRequest = z.infer<typeof moreSchema>;
export type CloseRequest = z.infer<typeof closeSchema>;
export type PresenceRequest = z.infer<typeof presenceSchema>;

export interface OpenAnswer {
  ok: true;
  /** In order; without `reset` those only that `have` does not name, or not as they are now. */
  rows: MaskedRecord[];
  /** Only without `reset`: what of `have` is not in the view, and */
  gone?: string[];
  /** what is, but after this page. The page is all else that was held, and `rows`. */
  later?: string[];
  /** Absent where the view asked for none. */
  totals?: Totals;
  /** Give to `more` for the rows after these; absent when these are all. */
  next?: string;
  /** Which life of the store this is of (cursor.ts), and where this socket stands. */
  cursor: string;
  /** The rows are all of the page, and replace whatever was held for this view. */
  reset?: true;
}
export interface MoreAnswer {
  ok: true;
  rows: MaskedRecord[];
  next?: string;
  cursor: string;
}
export type Answer<T> = T | ErrorBody;

/** Changed fields; `may` is one of them, and `by` names whoever made the change. */
export type Fields = Record<string, Value | May | undefined>;

/**
 * One change for one client: `[op, object, id, version, fields, views?]`.
 * - `enter` – a whole masked record that came into reach or into a view
 * - `patch` – changed fields of a record the client holds
 * - `scrub` – fields (as `{name: null}`) to forget: no longer readable on this record
 * - `leave` – the record is gone for this client; fields is `{}`
 * - `total` – new totals of the views named; id is '' and version 0
 */
export type WireEvent =
  | ['enter' | 'patch' | 'scrub' | 'leave', object: string, id: string, version: number, fields: Fields]
  | ['total', object: string, id: '', version: 0, fields: Totals, views: string[]];

/** Somebody else on a record, as far as whoever is told may know: colleagues by `user`, for customers by `name` only. */
export interface Present {
  user?: string;
  name?: string;
  customer?: true;
  /** What they are writing in, where the reader may see that. */
  field?: string;
  state: 'here' | 'away';
}
/** All the others who are on this record now; whoever is not named has gone. */
export interface PresenceNews {
  record: string;
  people: Present[];
}

/** Why a session is over, shown to the person. */
export const END_REASONS = ['logout', 'ended_by_self', 'ended_by_admin', 'idle', 'expired', 'deactivated', 'password_changed'] as const; // prettier-ignore
export type EndReason = (typeof END_REASONS)[number];

/** Why views must be opened anew: by other rights, or because too much changed at once to tell one by one. */
export type ResyncReason = 'rights' | 'much';

export interface ServerToClient {
  b: (events: WireEvent[], cursor: string) => void;
  /** These views must be opened anew; until they are answered they may go on showing what they had. */
  resync: (message: { views: string[]; why: ResyncReason }) => void;
  /** Sent when it changes, and after a view with `record` has been opened. */
  presence: (message: PresenceNews) => void;
  /** This node stops: the client does well to leave it by itself, at a random moment of so many milliseconds. */
  going: (message: { after_ms: number }) => void;
  /** Sent just before the connection closes for good. */
  ended: (message: { reason: EndReason }) => void;
}
export interface ClientToServer {
  open: (message: OpenRequest, answer: (answer: Answer<OpenAnswer>) => void) => void;
  more: (message: MoreRequest, answer: (answer: Answer<MoreAnswer>) => void) => void;
  close: (message: CloseRequest, answer: (answer: Answer<{ ok: true }>) => void) => void;
  presence: (message: PresenceRequest, answer: (answer: Answer<{ ok: true }>) => void) => void;
}
