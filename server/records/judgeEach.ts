import { ApiError } from '../../shared/protocol/index.ts';

/** Which of several records a refusal is about, each with its own; for those who can do without these. */
const meant = new WeakMap<object, ReadonlyMap<string, ApiError>>();

/**
 * Judges records one after the other, also those behind one that is refused: then the first refusal is thrown, which
 * knows of all (`refusalsIn`). `judge` must leave the transaction as good as it was.
 */
export async function judgeEach<T extends { id: string }>(
  records: readonly T[],
  judge: (one: T) => void | Promise<void>,
): Promise<void> {
  const refusals = new Map<string, ApiError>();
  for (const one of records) {
    try {
      await judge(one);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refusals.set(one.id, error);
    }
  }
  const [first] = refusals.values();
  if (first) throw knowing(first, refusals);
}

/** The refusal, which now knows what each of the records is refused for. */
export function knowing(refusal: ApiError, refusals: ReadonlyMap<string, ApiError>): ApiError {
  meant.set(refusal, refusals);
  return refusal;
}

/** Ids of the records that an error is about; none where it does not know. */
export const refusalsIn = (error: unknown): ReadonlyMap<string, ApiError> =>
  (error instanceof ApiError && meant.get(error)) || new Map<string, ApiError>();
