import { z } from 'zod';
import { idSchema, malformed, notFound } from '../../shared/protocol/index.ts';

/** For doors that take no query: a key nobody reads is a mistake, or a limit someone believes in. */
export const nothing = z.strictObject({});

/** An id from the path. What cannot be one is the id of nothing. @throws ApiError `not_found` */
export function idIn(params: Readonly<Record<string, string>>): string {
  const parsed = idSchema.safeParse(params['id']);
  if (!parsed.success) throw notFound();
  return parsed.data.toLowerCase();
}

/**
 * A body as an object, keys unchecked: what is right in it the registry knows, and the command that it is for.
 * @throws ApiError `malformed`
 */
export function objectIn(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw malformed('The body is a JSON object');
  return body as Record<string, unknown>;
}
