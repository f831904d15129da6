import type { RolePolicy } from '../../../shared/access/index.ts';
import { ApiError } from '../../../shared/protocol/errors.ts';
import type { RoleAnswer } from '../../../shared/protocol/index.ts';
import { api } from '../../net/http.ts';
import { makeOrPropose } from '../../stores/proposing.svelte.ts';
import { session } from '../../stores/session.svelte.ts';
import {
  cellsOf,
  differences,
  merge,
  NO_CELLS,
  policyFrom,
  withCell,
  withoutCell,
  type CellKey,
  type Cells,
} from './cells.ts';
import { forgetDraft, keepDraft, keptDraft } from './keptDrafts.ts';

/**
 * A role being edited: what it was, what it is to be. The draft outlives the page, in this tab, until it is saved or
 * discarded; what others save meanwhile is taken in beneath it.
 */
export class RoleEditor {
  /** The role that the draft is made from. */
  role = $state.raw<RoleAnswer>() as RoleAnswer; // set by the constructor
  cells = $state.raw<Cells>(NO_CELLS);
  /** Cells that somebody else has changed otherwise meanwhile, with what they say there. */
  conflicts = $state.raw<Cells>(NO_CELLS);
  /** Somebody else has saved while this draft was there. */
  taken = $state(false);
  saving = $state(false);
  error = $state.raw<ApiError | Error | null>(null);

  readonly base: Cells = $derived(cellsOf(this.role, session.registry));
  readonly changed: readonly CellKey[] = $derived(differences(this.base, this.cells));
  readonly dirty: boolean = $derived(this.changed.length > 0);
  readonly policy: RolePolicy = $derived(policyFrom(this.cells, this.role, session.registry));

  constructor(role: RoleAnswer) {
    const kept = keptDraft(role.id);
    this.role = kept?.role ?? role;
    this.cells = kept ? cellsOf(kept.policy, session.registry) : cellsOf(role, session.registry);
    if (kept && kept.role.version !== role.version) this.takeIn(role);
  }

  set(key: CellKey, value: string): void {
    this.cells = withCell(this.cells, key, value);
    this.#settle(key);
  }

  /** Several at once: one step. */
  setAll(values: ReadonlyMap<CellKey, string>): void {
    for (const [key, value] of values) this.set(key, value);
  }

  /** A cell as it was. */
  reset(key: CellKey): void {
    this.set(key, this.base.get(key) ?? '');
  }

  discard(): void {
    this.cells = this.base;
    this.conflicts = NO_CELLS;
    this.taken = false;
    this.error = null;
    forgetDraft(this.role.id);
  }

  /** The role as it is by now: my changes go on top of it. */
  takeIn(role: RoleAnswer): void {
    if (role.version < this.role.version) return;
    if (role.version === this.role.version) {
      // Only who holds it has changed.
      this.role = { ...this.role, members: role.members };
      return;
    }
    const theirs = cellsOf(role, session.registry);
    const { cells, conflicts } = merge(this.base, this.cells, theirs);
    this.taken = this.dirty;
    this.role = role;
    this.cells = cells;
    this.conflicts = conflicts;
    this.#keep();
  }

  /** Theirs instead of mine, in one cell. */
  useTheirs(key: CellKey): void {
    const theirs = this.conflicts.get(key);
    if (theirs !== undefined) this.set(key, theirs);
  }

  /**
   * Saves the draft; what was saved meanwhile by somebody else is taken in first, and then nothing is saved. Answers the
   * role as it was before, for undoing; null where it was not saved, or waits for somebody else's approval.
   */
  async save(): Promise<RoleAnswer | null> {
    const before = this.role;
    this.saving = true;
    this.error = null;
    try {
      const { policy } = this;
      const body = { ...policy, version: before.version };
      const made = await makeOrPropose({ kind: 'role', id: before.id, policy }, () =>
        api.patch<RoleAnswer>(`/api/roles/${before.id}`, body),
      );
      if (made === 'dropped') return null;
      if (made !== 'proposed') this.role = made.done;
      this.discard();
      return made === 'proposed' ? null : before;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'version_conflict' && error.details.current) {
        // `current` is the role as it is now (server/commands/governance/updateRole.ts).
        this.takeIn(error.details.current as RoleAnswer);
      } else this.error = error instanceof Error ? error : new Error(String(error));
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** A conflict is over once the cell has been touched. */
  #settle(key: CellKey): void {
    this.conflicts = withoutCell(this.conflicts, key);
    this.#keep();
  }

  #keep(): void {
    if (this.dirty) keepDraft(this.role, this.policy);
    else forgetDraft(this.role.id);
  }
}
