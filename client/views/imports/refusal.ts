import { ApiError } from '../../../shared/protocol/errors.ts';
import { t } from '../../words/index.ts';

/** Why a file cannot be read as asked, in a sentence. */
export const whyRefused = (error: unknown): string =>
  error instanceof ApiError
    ? (Object.values(error.details.fields ?? {})[0] ?? t.errors.say(error))
    : t.errors.offline;
