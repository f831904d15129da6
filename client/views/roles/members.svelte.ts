import type { ApiError } from '../../../shared/protocol/errors.ts';
import { api } from '../../net/http.ts';
import { session } from '../../stores/session.svelte.ts';

/** A role given to a person or to everyone in a team. */
export interface Member {
  id: string;
  user: string | null;
  team: string | null;
  role: string;
  /** Its system permissions reach that team and those below it only. */
  within: string | null;
  starts_at: string;
  ends_at: string | null;
}

export interface Giving {
  user?: string;
  team?: string;
  role: string;
  within?: string | null;
  starts_at?: string | null;
  ends_at?: string | null;
}

/** Who holds a role, from when and until when. */
export class Members {
  list = $state.raw<readonly Member[] | null>(null);
  error = $state.raw<ApiError | Error | null>(null);
  readonly #role: string;

  /** Starts reading; again whenever rights change. For the life of the component that calls it. */
  constructor(role: string) {
    this.#role = role;
    $effect(() => {
      if (session.me) void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.list = (await api.get<{ rows: Member[] }>('/api/assignments', { role: this.#role })).rows;
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Gives the role, or gives what somebody has of it other dates. @throws ApiError · OfflineError */
  async give(giving: Giving): Promise<void> {
    await api.post('/api/assignments', giving);
    await this.load();
  }

  /** Takes it away at once. @throws ApiError · OfflineError */
  async take({ user, team, role }: Pick<Member, 'user' | 'team' | 'role'>): Promise<void> {
    await api.delete('/api/assignments', user === null ? { team, role } : { user, role });
    await this.load();
  }
}

/** As it would be given again. */
export const givingOf = ({ user, team, role, within, starts_at, ends_at }: Member): Giving => ({
  ...(user === null ? { team: team ?? '' } : { user }),
  role,
  within,
  starts_at,
  ends_at,
});
