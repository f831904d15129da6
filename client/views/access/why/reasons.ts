import type { Action, Registry } from '../../../../shared/objects/index.ts';
import type { Explanation, Path, Through } from '../../../../shared/protocol/why.ts';
import type { WhyWords } from './words.ts';

// Paths and what is lacking, as sentences. Pure: words, labels and dates are handed in.

/** One path, the actions that a role grants by it together. */
export interface Reason {
  key: string;
  role: string;
  /** How the role is held, where that is worth a word. */
  held: string[];
  lines: string[];
}

/** Reasons for one thing that is needed: any of them is enough. */
export interface ReasonGroup {
  key: string;
  /** Null for what was asked itself. */
  title: string | null;
  reasons: Reason[];
}

export interface Speaker {
  w: WhyWords;
  registry: Registry;
  /** Whom it is about; null: the reader. */
  who: string | null;
  /** Label of the field that was asked about. */
  field: string | null;
  date(iso: string): string;
}

export function reasonGroups(paths: readonly Path[], speaker: Speaker): ReasonGroup[] {
  const groups = new Map<string, Path[]>();
  for (const path of paths) {
    const key = path.besides ? `${path.besides.of} ${path.besides.object}` : path.field ? 'field' : '';
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups].map(([key, some]) => ({
    key,
    title: titleOf(some[0], speaker),
    reasons: merged(some, speaker),
  }));
}

function titleOf(path: Path | undefined, { w, registry }: Speaker): string | null {
  if (!path?.besides) return null;
  const { of, object } = path.besides;
  const found = registry.find(object);
  return w.needed[of]((of === 'parent' ? found?.label : found?.labelPlural) ?? object);
}

function merged(paths: readonly Path[], speaker: Speaker): Reason[] {
  const reasons = new Map<string, { path: Path; actions: Set<Action> }>();
  for (const path of paths) {
    const key = JSON.stringify([path.roleId, path.way, path.through, path.field]);
    const known = reasons.get(key) ?? { path, actions: new Set<Action>() };
    known.actions.add(path.action);
    reasons.set(key, known);
  }
  const { w, field } = speaker;
  return [...reasons].map(([key, { path, actions }]) => ({
    key,
    role:
      path.roleId === 'baseline'
        ? w.everyone
        : w.role(
            path.role,
            [...actions].map((one) => w.actions[one].toLowerCase()),
          ),
    held: heldIn(path, speaker),
    lines: [
      ...throughLines(path, speaker),
      ...(path.field && field !== null && !path.besides ? [w.field_right[path.field](field)] : []),
    ],
  }));
}

/** What a path goes through, in sentences; just the way where no more may be known. */
export function throughLines(
  { way, through = [] }: Pick<Path, 'way' | 'through'>,
  speaker: Speaker,
): string[] {
  return through.length === 0
    ? [speaker.w.ways[way](speaker.who)]
    : through.map((one) => throughLine(one, speaker));
}

function throughLine(one: Through, { w, who, date }: Speaker): string {
  const name = (named: { name: string | null }) => named.name ?? w.unknown;
  const to = (target: { kind: keyof WhyWords['to']; name: string | null }) => w.to[target.kind](name(target));
  switch (one.kind) {
    case 'self':
      return w.self[one.as](who);
    case 'report':
      return w.report(who, name(one.owner), one.above.map(name));
    case 'team':
      return w.team(name(one.team));
    case 'queue':
      return w.queue(name(one.queue), one.teams.map(name));
    case 'territory':
      return w.territory(name(one.territory), one.under && name(one.under));
    case 'rule':
      return w.rule(one.rule?.name ?? null, to(one.to)) + w.level[one.level];
    case 'share': {
      const until = one.ends_at === null ? null : date(one.ends_at);
      return w.share(one.by && name(one.by), to(one.to), until) + w.level[one.level];
    }
  }
}

const heldIn = ({ held = [] }: Path, { w, date }: Speaker): string[] =>
  held.flatMap(({ team, ends_at }) => [
    ...(team ? [w.held_team(team.name ?? w.unknown)] : []),
    ...(ends_at === null ? [] : [w.held_until(date(ends_at))]),
  ]);

/** What is missing, a sentence each. */
export function lackingLines({ lacking, restrictions }: Explanation, speaker: Speaker): string[] {
  const { w, registry, who } = speaker;
  const unreached = lacking.some(({ kind }) => kind === 'grant' || kind === 'reach');
  const plural = (name: string) => registry.find(name)?.labelPlural ?? name;
  return lacking.map((one) => {
    switch (one.kind) {
      case 'bin':
      case 'inactive':
        return w.lacking[one.kind];
      case 'restriction':
        return w.lacking.restriction(restrictions.flatMap(({ name }) => name ?? []));
      case 'never':
        return w.lacking.never[one.why];
      case 'grant':
        return w.lacking.grant(who, w.verbs[one.action], plural(one.object));
      case 'reach':
        // What is shared to edit is shared.
        return w.lacking.reach(
          who,
          w.verbs[one.action],
          plural(one.object),
          one.ways.filter((way) => way !== 'shared_edit' || !one.ways.includes('shared')),
        );
      case 'field': {
        const label = registry.find(one.object)?.fields[one.field]?.label ?? one.field;
        if (unreached) return w.lacking[one.right === 'edit' ? 'field_edit_besides' : 'field_besides'](label);
        return one.right === 'edit' ? w.lacking.field_read(label) : w.lacking.field_hidden(label);
      }
    }
  });
}
