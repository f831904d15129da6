import type { Registry } from '../../../../shared/objects/index.ts';
import type { PreviewAnswer } from '../../../../shared/protocol/preview.ts';
import { w } from './w.ts';

/** A line of the answer; `tone` says whether it gives, takes, or leaves something behind. */
export interface Line {
  key: string;
  tone: 'more' | 'less' | 'warn' | 'calm';
  text: string;
  hint?: string;
}

/** What is said at first sight, the weightiest first. */
export function mainLines(answer: PreviewAnswer, registry: Registry): Line[] {
  const { people, sockets, objects, orphans, moved } = answer;
  const records = objects.flatMap(({ object, gained, lost, people_gained, people_lost }): Line[] => {
    const { label, labelPlural } = registry.get(object);
    const line = (key: 'gain' | 'lose', tone: Line['tone'], n: number, count: number): Line[] =>
      count === 0 ? [] : [{ key: `${object} ${key}`, tone, text: w[key](n, count, label, labelPlural) }];
    return [...line('gain', 'more', people_gained, gained), ...line('lose', 'less', people_lost, lost)];
  });
  const { tickets, records: left } = orphans;
  return [
    ...(tickets > 0
      ? [{ key: 'tickets', tone: 'warn' as const, text: w.tickets(tickets), hint: w.tickets_text }]
      : []),
    ...(left > 0 ? [{ key: 'records', tone: 'warn' as const, text: w.records(left) }] : []),
    ...(moved > 0 ? [{ key: 'moved', tone: 'calm' as const, text: w.moved(moved), hint: w.moved_text }] : []),
    ...(records.length > 0 || (moved > 0 && people === 0)
      ? records
      : [{ key: 'rights', tone: 'calm' as const, text: w.rights_only(people) }]),
    { key: 'sockets', tone: 'calm', text: sockets > 0 ? w.sockets(sockets) : w.no_sockets },
  ];
}

/** Whether anything at all would be different for anybody. */
export const isNothing = ({ people, objects, orphans, moved }: PreviewAnswer): boolean =>
  people === 0 && moved === 0 && objects.length === 0 && orphans.tickets + orphans.records === 0;

export interface Detail {
  key: string;
  label: string;
  gained: number;
  lost: number;
}

/** People who would read more or less of a field, may do more or less, or hold another permission. */
export function details(
  answer: PreviewAnswer,
  registry: Registry,
): { key: string; title: string; rows: Detail[] }[] {
  const fields = answer.fields.map(({ object, field, ...counts }): Detail => {
    const { fields: known, labelPlural } = registry.get(object);
    return {
      key: `${object}.${field}`,
      label: w.field(known[field]?.label ?? field, labelPlural),
      ...counts,
    };
  });
  const actions = answer.actions.map(({ object, action, ...counts }): Detail => ({
    key: `${object}.${action}`,
    label: w.action(action, registry.get(object).labelPlural),
    ...counts,
  }));
  const permissions = answer.permissions.map(({ permission, ...counts }): Detail => ({
    key: permission,
    label: w.permission(permission),
    ...counts,
  }));
  return [
    { key: 'actions', title: w.actions, rows: actions },
    { key: 'fields', title: w.fields, rows: fields },
    { key: 'permissions', title: w.permissions, rows: permissions },
  ].filter(({ rows }) => rows.length > 0);
}
