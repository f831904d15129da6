import type { SystemPermission } from '../access/index.ts';
import type { EndReason } from './socket.ts';

/** Every error code of the API with its HTTP status. The client switches on codes, never on sentences. */
export const ERROR_STATUS = {
  malformed: 400,
  unknown_field: 400,
  field_not_readable: 400,
  bad_filter: 400,
  bad_cursor: 400,
  unauthenticated: 401,
  bad_credentials: 401,
  second_factor_required: 401,
  session_ended: 401,
  foreign_origin: 403,
  not_allowed: 403,
  read_only: 403,
  not_found: 404,
  version_conflict: 409,
  idempotency_conflict: 409,
  already_done: 409,
  conflicting_duties: 409,
  approval_required: 409,
  too_large: 413,
  invalid: 422,
  field_not_editable: 422,
  out_of_reach: 422,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    /** What is wrong, per field. */
    fields?: Record<string, string>;
    /** The right that is missing, where its existence is no secret. */
    needs?: string;
    /** Why the session is over, for `session_ended`. */
    reason?: EndReason;
    /** The record as it is now, for `version_conflict`. */
    current?: unknown;
    /** Which roles nobody may hold together, and who would, for `conflicting_duties`. */
    duties?: readonly DutyConflict[];
  };
}

/** Two roles that conflict, and the people who would hold both: how many, and the first few by name. */
export interface DutyConflict {
  roles: readonly [Named, Named];
  people: number;
  who: readonly Named[];
}
interface Named {
  id: string;
  name: string;
}

type Details = Omit<ErrorBody['error'], 'code' | 'message'> & { retry_after_s?: number };

/** An expected refusal: thrown anywhere below a door, turned into status and body by the door. */
export class ApiError extends Error {
  readonly status: number;
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = ERROR_STATUS[code];
  }

  get body(): ErrorBody {
    const { retry_after_s: _, ...rest } = this.details;
    return { error: { code: this.code, message: this.message, ...rest } };
  }
}

export const malformed = (message: string, fields?: Record<string, string>) =>
  new ApiError('malformed', message, { fields });
export const unauthenticated = () => new ApiError('unauthenticated', 'Sign in first');
export const badCredentials = () =>
  new ApiError('bad_credentials', 'E-mail address or password is not right');
/** `reason` only for whoever holds the session's token: that is who may know why. */
export const sessionEnded = (reason?: EndReason) =>
  new ApiError('session_ended', 'This session is over; sign in again', { reason });
export const foreignOrigin = () => new ApiError('foreign_origin', 'Requests from other sites are refused');
/** The same words for what does not exist and for what is not yours. */
export const notFound = () => new ApiError('not_found', 'There is no such thing, or it is not yours to see');
export const notAllowed = (needs: SystemPermission | string) =>
  new ApiError('not_allowed', 'Your roles do not allow this', { needs });
export const fieldNotReadable = (field: string) =>
  new ApiError('field_not_readable', `You may not read ${field}`, { fields: { [field]: 'Not readable' } });
export const badFilter = (message: string) => new ApiError('bad_filter', message);
export const badCursor = () =>
  new ApiError('bad_cursor', 'This is no place in this list; begin again at its top');
export const invalid = (fields: Record<string, string>) =>
  new ApiError('invalid', 'Some fields are not right', { fields });
/** Keys that the object does not have, or that only the program writes. */
export const unknownField = (names: readonly string[]) =>
  new ApiError('unknown_field', `Not a field here: ${names.join(', ')}`, {
    fields: Object.fromEntries(names.map((name) => [name, 'Not a field here'])),
  });
export const fieldNotEditable = (names: readonly string[]) =>
  new ApiError('field_not_editable', 'Your roles do not let you change some of these fields', {
    fields: Object.fromEntries(names.map((name) => [name, 'Not yours to change'])),
  });
export const outOfReach = () =>
  new ApiError(
    'out_of_reach',
    'After this it would be out of your reach; handing over needs the right to assign',
  );
export const idempotencyConflict = () =>
  new ApiError('idempotency_conflict', 'This Idempotency-Key was used for another request');
/** To whoever looks as somebody else: they change nothing, and take nothing away. */
export const readOnly = () =>
  new ApiError('read_only', 'You are looking as somebody else: nothing can be changed');
/** Allowed in general, but not to this person for themselves. */
export const notForOneself = (message: string) => new ApiError('not_allowed', message);
export const alreadyDone = (message: string) => new ApiError('already_done', message);
export const conflictingDuties = (duties: readonly DutyConflict[]) =>
  new ApiError('conflicting_duties', duties.map(sayConflict).join(' '), { duties });
/** Changes of policy wait for somebody else's yes: this one is to be proposed. */
export const approvalRequired = () =>
  new ApiError('approval_required', 'Somebody else has to approve this: propose it, with a reason');
export const tooLarge = (message: string) => new ApiError('too_large', message);
export const versionConflict = (current: unknown) =>
  new ApiError('version_conflict', 'Someone else changed the same field meanwhile', { current });
export const unavailable = (message = 'Catching up with the store; try again in a moment') =>
  new ApiError('unavailable', message, { retry_after_s: 1 });
export const tooManyRequests = (retry_after_s: number) =>
  new ApiError('too_many_requests', 'Too many tries; wait a little', { retry_after_s });

function sayConflict({ roles: [one, other], people, who }: DutyConflict): string {
  const names = who.map(({ name }) => name).join(', ');
  const more = people > who.length ? ` and ${people - who.length} more` : '';
  return `Nobody may hold both “${one.name}” and “${other.name}”: that would be ${names}${more}.`;
}
