import { untrack } from 'svelte';
import { ApiError } from '../../../../shared/protocol/errors.ts';
import type {
  RestrictionAnswer,
  ShareLevel,
  SharingRuleAnswer,
  Target,
} from '../../../../shared/protocol/policy.ts';
import type { PolicyChange } from '../../../../shared/protocol/preview.ts';
import { api } from '../../../net/http.ts';
import { makeOrPropose } from '../../../stores/proposing.svelte.ts';
import { session } from '../../../stores/session.svelte.ts';
import { readCriteria, writeCriteria, type Criteria, type Group } from './criteria.ts';
import { doorOf, type RuleKind } from './rules.svelte.ts';

/** What a form starts with: a rule that is there, or a template. */
export interface Start {
  object: string;
  /** Conditions to fill in. */
  tree?: Group;
  to?: Target | null;
  level?: ShareLevel;
}
export type Known = SharingRuleAnswer | RestrictionAnswer;

/** A rule or restriction being made or changed. */
export class RuleForm {
  readonly kind: RuleKind = 'rule';
  /** Null: it is new. With the version that the changes are meant for. */
  known = $state.raw<Known | null>(null);
  name = $state('');
  object = $state('');
  /** As given; the builder keeps what is not filled in yet to itself. */
  given = $state.raw<Criteria>({});
  tree = $state.raw<Group | undefined>(undefined);
  /** Null while a condition is not filled in. */
  criteria = $state.raw<Criteria | null>({});
  to = $state.raw<Target | null>(null);
  level = $state<ShareLevel>('read');
  except = $state.raw<readonly string[]>([]);
  active = $state(true);

  saving = $state(false);
  error = $state.raw<Error | null>(null);
  /** Somebody else has saved it meanwhile. */
  taken = $state(false);

  /** What is missing, by field; empty: it can be asked what it comes to. */
  readonly missing: 'criteria' | 'to' | null = $derived(
    this.criteria === null ? 'criteria' : this.kind === 'rule' && this.to === null ? 'to' : null,
  );
  readonly change: PolicyChange | null = $derived.by(() => {
    if (this.missing !== null || this.criteria === null) return null;
    const same = { object: this.object, criteria: this.criteria, active: this.active };
    const id = this.known ? { id: this.known.id } : {};
    if (this.kind === 'restriction')
      return { kind: 'restriction', ...id, restriction: { ...same, except: [...this.except] } };
    return this.to && { kind: 'sharing_rule', ...id, rule: { ...same, to: this.to, level: this.level } };
  });

  constructor(kind: RuleKind, known: Known | null, start: Start) {
    this.kind = kind;
    if (known) this.#take(known);
    else {
      this.object = start.object;
      this.tree = start.tree;
      this.criteria = start.tree ? writeCriteria(start.tree) : {};
      this.to = start.to ?? null;
      this.level = start.level ?? 'read';
    }
  }

  /** Another object has other fields. */
  about(object: string): void {
    this.object = object;
    this.given = {};
    this.tree = undefined;
    this.criteria = {};
  }

  /** What somebody else has saved, instead of what stands here. */
  takeTheirs(): void {
    if (this.known) this.#take(this.known);
    this.taken = false;
  }

  /**
   * Saves it under a name. Answers what was saved, or that it waits for somebody else's approval; null where it was
   * refused, with the reason in `error`, or given up.
   */
  async save(name: string): Promise<Known | 'proposed' | null> {
    const { known } = this;
    this.saving = true;
    this.error = null;
    try {
      const values = {
        name,
        criteria: this.criteria ?? {},
        active: this.active,
        ...(this.kind === 'rule' ? { to: this.to, level: this.level } : { except: this.except }),
      };
      const door = doorOf(this.kind);
      const save = () =>
        known
          ? api.patch<Known>(`${door}/${known.id}`, { ...values, version: known.version })
          : api.post<Known>(door, { ...values, object: this.object });
      const change = this.#named(name);
      const made = change ? await makeOrPropose(change, save) : { done: await save() };
      return made === 'dropped' ? null : made === 'proposed' ? made : made.done;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'version_conflict' && error.details.current) {
        // `current` is the rule as it is now: saved again, mine goes over it.
        this.known = error.details.current as Known;
        this.taken = true;
      } else this.error = error instanceof Error ? error : new Error(String(error));
      return null;
    } finally {
      this.saving = false;
    }
  }

  #named(name: string): PolicyChange | null {
    const { change } = this;
    if (change?.kind === 'sharing_rule') return change.rule && { ...change, rule: { ...change.rule, name } };
    if (change?.kind !== 'restriction') return null;
    return change.restriction && { ...change, restriction: { ...change.restriction, name } };
  }

  #take(known: Known): void {
    this.known = known;
    this.name = known.name;
    this.object = known.object;
    this.given = known.criteria;
    // Criteria may be on a field that its reader may not read any more: then they have to be built anew.
    const tree = readCriteria(untrack(() => session.registry).get(known.object), known.criteria);
    this.tree = tree;
    this.criteria = writeCriteria(tree);
    this.active = known.active;
    if ('to' in known) {
      this.to = known.to;
      this.level = known.level;
    } else this.except = known.except;
  }
}

/** What brings a rule back as it was: written again, or deleted where it was not there. @throws ApiError · OfflineError */
export async function putBack(kind: RuleKind, now: Known | null, before: Known | null): Promise<void> {
  const door = doorOf(kind);
  if (now && before) await api.patch(`${door}/${now.id}`, { ...valuesOf(before), version: now.version });
  else if (now) await api.delete(`${door}/${now.id}`, { version: now.version });
  else if (before) await api.post(door, { ...valuesOf(before), object: before.object });
}

function valuesOf(known: Known): Record<string, unknown> {
  const { name, criteria, active } = known;
  return {
    name,
    criteria,
    active,
    ...('to' in known ? { to: known.to, level: known.level } : { except: known.except }),
  };
}
