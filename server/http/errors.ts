import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import { ApiError, malformed, notFound, tooLarge, unavailable } from '../../shared/protocol/index.ts';
import { isConflict, isUnavailable } from '../db/failures.ts';
import { log } from '../lib/log.ts';
import { requestIdOf } from './requestId.ts';

/** Turns whatever was thrown below a door into a status and a body. Nothing unexpected is described to the outside. */
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const requestId = requestIdOf(response);
  const refusal = toApiError(error, requestId);
  // What we refuse on purpose is no news; what surprised us is.
  if (refusal.status >= 500 && !(error instanceof ApiError)) {
    log.error({ err: error, requestId, method: request.method, path: request.path }, refusal.code);
  }
  // Too late for a status: cutting the connection is the only way left to say that the answer is not whole.
  if (response.headersSent) return void next(error);
  const { retry_after_s } = refusal.details;
  if (retry_after_s !== undefined) response.setHeader('Retry-After', String(retry_after_s));
  response.status(refusal.status).json(refusal.body);
};

/** Nothing answered: no such path, or not by this method. */
export const answerNotFound: RequestHandler = () => {
  throw notFound();
};

export function toApiError(error: unknown, requestId: string): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof z.ZodError) return fromZod(error);
  if (isUnavailable(error) || isConflict(error))
    return unavailable('The store did not answer in time; try again');
  return (
    fromExpress(error) ?? new ApiError('internal', `Something went wrong on our side (request ${requestId})`)
  );
}

/** Names each field that is not right; an unknown key is named as such. */
function fromZod(error: z.ZodError): ApiError {
  const fields: Record<string, string> = {};
  for (const issue of error.issues.slice(0, 20)) {
    const at = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, 20))
        fields[[at, key.slice(0, 60)].filter(Boolean).join('.')] = 'Unknown';
    } else {
      fields[at || 'request'] ??= issue.message;
    }
  }
  return malformed('The request is not understood', fields);
}

/** What Express and its body parser throw carries a status of its own. */
function fromExpress(error: unknown): ApiError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  if (error.status === 413) return tooLarge('The request is too large');
  if (typeof error.status !== 'number' || error.status < 400 || error.status >= 500) return null;
  return malformed(
    'type' in error && error.type === 'entity.parse.failed'
      ? 'The body is not JSON'
      : 'The request is not understood',
  );
}
