import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const HEADER = 'X-Request-Id';

/** Gives every request a name of ours, which its log lines, history and answer carry. */
export const nameRequest: RequestHandler = (_request, response, next) => {
  response.setHeader(HEADER, randomBytes(9).toString('base64url'));
  next();
};

export const requestIdOf = (response: Response): string => String(response.getHeader(HEADER) ?? 'unnamed');
