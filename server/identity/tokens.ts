import { createHash, randomBytes } from 'node:crypto';

declare const brand: unique symbol;

/** A bearer token: whoever holds it, is it. It lives in cookies and links only, never in the store or a log. */
export type Token = string & { readonly [brand]: 'Token' };

/** SHA-256 of a token, in hex: what the store keeps, useless to whoever reads it there. */
export type TokenHash = string & { readonly [brand]: 'TokenHash' };

/** 256 random bits, as 43 characters that need no escaping in cookies and addresses. */
export const newToken = (): Token => randomBytes(32).toString('base64url') as Token;

/** No salt and no slow hash: the token is random through and through, so there is nothing to guess. */
export const hashToken = (token: Token): TokenHash =>
  createHash('sha256').update(token).digest('hex') as TokenHash;

/** The text as a token if it has the shape of one; it may still open nothing. */
export const readToken = (text: unknown): Token | null =>
  typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text) ? (text as Token) : null;
