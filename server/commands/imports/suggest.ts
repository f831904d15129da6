import type { UnknownValue } from '../../../shared/protocol/index.ts';
import { saysNothing } from '../../../shared/imports/alike.ts';
import { closest } from '../../../shared/imports/closest.ts';
import { maskedSql } from '../../records/readSql.ts';
import { isEverReadable } from '../../access/reaches.ts';
import type { Act } from '../perform.ts';
import type { Job } from './job.ts';

const SHOWN = 300;
/** Names looked through for one that was meant. */
const NAMES = 5_000;

/** The texts that name nothing, the most frequent first, each with what was likely meant: among what one may read. */
export async function suggest(act: Act, job: Job): Promise<UnknownValue[]> {
  const all = [...job.found.unknown.values()].toSorted((a, b) => b.rows - a.rows).slice(0, SHOWN);
  const names = new Map<string, string[]>();
  for (const to of new Set(all.map((one) => one.to))) names.set(to, await namesFor(act, job, to));
  return all.map((one) => {
    const meant = closest(one.text, names.get(one.to) ?? []) ?? (saysNothing(one.text) ? '' : null);
    return { ...one, suggestion: meant === null ? null : { text: meant, label: meant } };
  });
}

async function namesFor(act: Act, job: Job, to: string): Promise<string[]> {
  const target = job.columns.find((column) => column.to === to)?.target;
  if (!target) return [];
  if (target.target === null) return target.choices.map(({ label }) => label);
  const { tx, app } = act;
  const actor = await act.actor();
  const object = app.registry.get(target.target);
  if (!isEverReadable(actor, app.registry, object, object.title)) return [];
  const title = tx(`m.${object.title}`);
  const rows = await tx<{ title: string }[]>`
    select distinct ${title} as title from ${maskedSql(tx, actor, app.registry, object)} m
    where ${title} is not null limit ${NAMES}
  `;
  return rows.map((row) => row.title);
}
