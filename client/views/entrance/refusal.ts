import { ApiError } from '../../../shared/protocol/errors.ts';
import { OfflineError } from '../../net/http.ts';
import { t } from '../../words/index.ts';

/** What to say when someone could not come in. */
export function refusalWords(error: unknown): string {
  if (error instanceof OfflineError) return t.sign_in.offline;
  if (!(error instanceof ApiError)) return t.errors.internal;
  switch (error.code) {
    case 'bad_credentials':
      return t.sign_in.wrong;
    case 'second_factor_required':
      return t.sign_in.second_factor;
    case 'too_many_requests':
      return t.sign_in.too_many(error.details.retry_after_s ?? 30);
    case 'unavailable':
      return t.sign_in.offline;
    default:
      return t.errors.say(error);
  }
}
