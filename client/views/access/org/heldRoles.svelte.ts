import { HELD_ROLES_MAX, type HeldRole } from '../../../../shared/protocol/organisation.ts';
import { api } from '../../../net/http.ts';
import { session } from '../../../stores/session.svelte.ts';

/** Roles that people hold or will, and how they came by them; read again whenever rights change here. */
export class HeldRoles {
  #of = $state.raw<Readonly<Record<string, readonly HeldRole[]>>>({});
  readonly #ids: () => readonly string[];
  #asked = '';

  /** For the life of the component that calls it. */
  constructor(ids: () => readonly string[]) {
    this.#ids = ids;
    $effect(() => {
      const key = `${session.me?.access_seq ?? ''} ${ids().join()}`;
      if (key === this.#asked) return;
      this.#asked = key;
      void this.load();
    });
  }

  /** Undefined: not known yet, or not this person's to know. */
  of(user: string): readonly HeldRole[] | undefined {
    return this.#of[user];
  }

  async load(): Promise<void> {
    const ids = [...this.#ids()];
    for (let from = 0; from < ids.length; from += HELD_ROLES_MAX) {
      const some = ids.slice(from, from + HELD_ROLES_MAX);
      try {
        const { rows } = await api.get<{ rows: HeldRole[] }>('/api/held-roles', { users: some.join() });
        const held = some.map((id) => [id, rows.filter(({ user }) => user === id)]);
        this.#of = { ...this.#of, ...(Object.fromEntries(held) as Record<string, HeldRole[]>) };
      } catch {
        // The list says everything else; roles come with the next look.
        return;
      }
    }
  }
}
