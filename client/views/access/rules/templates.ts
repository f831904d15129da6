import type { Registry } from '../../../../shared/objects/index.ts';
import { session } from '../../../stores/session.svelte.ts';
import { w } from '../w.ts';
import { emptyGroup, emptyTest } from './criteria.ts';
import type { Start } from './form.svelte.ts';
import { comparisonsOf } from './operators.ts';
import type { RuleKind } from './rules.svelte.ts';

export interface Template {
  key: string;
  title: string;
  text: string;
  /** What a form starts with; null: it is about roles, and has a dialog of its own. */
  start: (() => Start) | null;
}

/** Ready-made beginnings; each lacks just what only the organisation knows. */
export function templatesOf(kind: RuleKind): Template[] {
  const { registry } = session;
  const words = w.templates;
  if (kind === 'restriction') {
    return [{ key: 'tag', ...words.tag, start: () => on(registry, 'ticket', 'tags') }];
  }
  return [
    { key: 'territory', ...words.territory, start: () => on(registry, 'deal', 'territory') },
    { key: 'industry', ...words.industry, start: () => on(registry, INDUSTRY.find((name) => registry.get(name).fields['industry']) ?? 'company', 'industry') },
    { key: 'prices', ...words.prices, start: null },
  ]; // prettier-ignore
}
const INDUSTRY = ['deal', 'company'];

/** A rule on one field, whose value is still to be chosen. */
function on(registry: Registry, object: string, field: string): Start {
  const found = registry.get(object).fields[field];
  const [comparison = 'is'] = found ? comparisonsOf(found) : [];
  return { object, tree: emptyGroup('and', [{ ...emptyTest(), field, comparison }]) };
}
