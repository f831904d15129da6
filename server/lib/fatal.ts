/**
 * An error the operator can act on: one line, no stack, no secret. Whoever starts the program prints `message` to
 * stderr and exits with 1. Everything else that is thrown is a defect and keeps its stack.
 */
export class FatalError extends Error {
  override readonly name = 'FatalError';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message.replace(/\s*\n\s*/g, ' ').trim(), options);
  }
}

/** What to print for anything thrown during the start: one line for a `FatalError`, the stack for a defect. */
export function describeFatal(error: unknown): string {
  if (error instanceof FatalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
