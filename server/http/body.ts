import express, { type RequestHandler } from 'express';
import { malformed } from '../../shared/protocol/index.ts';

const WITH_BODY = new Set(['POST', 'PATCH', 'PUT']);

/**
 * Bodies are JSON and nothing else: what a form of another site's can send (`text/plain`, form data) is refused before
 * it is read, and so is a body where none belongs.
 */
const refuseOtherBodies: RequestHandler = (request, _response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !WITH_BODY.has(request.method)) throw malformed(`${request.method} takes no body`);
  if (hasBody && !request.is('application/json'))
    throw malformed('Send JSON, with Content-Type: application/json');
  next();
};

/** Reads bodies of up to so many bytes. Compressed ones are not taken: a few bytes could become gigabytes. */
export const jsonBodies = (limit: number): RequestHandler[] => [
  refuseOtherBodies,
  express.json({ limit, inflate: false, type: 'application/json' }),
];
