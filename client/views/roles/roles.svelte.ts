import type { ApiError } from '../../../shared/protocol/errors.ts';
import type { RoleAnswer } from '../../../shared/protocol/index.ts';
import { api } from '../../net/http.ts';
import { session } from '../../stores/session.svelte.ts';

/** All roles that this person may see, with their members. Read again whenever rights change, or one comes back. */
export class Roles {
  list = $state.raw<readonly RoleAnswer[] | null>(null);
  error = $state.raw<ApiError | Error | null>(null);

  /** Starts reading; for the life of the component that calls it. */
  constructor() {
    $effect(() => {
      if (session.me) void this.load();
    });
    $effect(() => {
      const again = () => document.visibilityState === 'visible' && void this.load();
      document.addEventListener('visibilitychange', again);
      return () => document.removeEventListener('visibilitychange', again);
    });
  }

  async load(): Promise<void> {
    try {
      this.list = (await api.get<{ rows: RoleAnswer[] }>('/api/roles')).rows;
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Names of the roles that a person holds, as far as they are known. */
  of(userId: string): string[] {
    if (userId === session.me?.user.id) return session.me.roles.map((role) => role.name);
    return (this.list ?? []).filter((role) => role.members.includes(userId)).map((role) => role.name);
  }
}
