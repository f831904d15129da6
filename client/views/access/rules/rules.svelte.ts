import type { ApiError } from '../../../../shared/protocol/errors.ts';
import type { RestrictionAnswer, SharingRuleAnswer } from '../../../../shared/protocol/policy.ts';
import { api } from '../../../net/http.ts';
import { session } from '../../../stores/session.svelte.ts';

export type RuleKind = 'rule' | 'restriction';
export type RuleAnswer<Kind extends RuleKind> = Kind extends 'rule' ? SharingRuleAnswer : RestrictionAnswer;

export const doorOf = (kind: RuleKind): string =>
  kind === 'rule' ? '/api/sharing-rules' : '/api/restrictions';

/** While one is being brought to the records, the list is read again so often. */
const AGAIN_ms = 1_500;

/** All rules, or all restrictions; read again when rights change, and while one is on its way to the records. */
export class RuleList<Kind extends RuleKind> {
  list = $state.raw<readonly RuleAnswer<Kind>[] | null>(null);
  error = $state.raw<ApiError | Error | null>(null);
  readonly kind: Kind;

  /** Starts reading; for the life of the component that calls it. */
  constructor(kind: Kind) {
    this.kind = kind;
    $effect(() => {
      if (session.me) void this.load();
    });
    $effect(() => {
      if (!this.list?.some(({ progress }) => progress !== null)) return;
      const timer = setTimeout(() => void this.load(), AGAIN_ms);
      return () => clearTimeout(timer);
    });
    $effect(() => {
      const again = () => document.visibilityState === 'visible' && void this.load();
      document.addEventListener('visibilitychange', again);
      return () => document.removeEventListener('visibilitychange', again);
    });
  }

  async load(): Promise<void> {
    try {
      this.list = (await api.get<{ rows: RuleAnswer<Kind>[] }>(doorOf(this.kind))).rows;
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}
