import { toJson } from '../../db/json.ts';
import type { Act } from '../perform.ts';
import { isRefused, PROBLEMS_KEPT, type Draft, type Job, type Trace } from './job.ts';

/** Remembers what became of rows, in the transaction that wrote them. */
export async function keepRows(
  act: Act,
  job: Job,
  drafts: readonly Draft[],
  traces: readonly Trace[],
): Promise<void> {
  const rows = drafts.map((draft) => ({
    line: draft.line,
    outcome: draft.outcome,
    record_id: isRefused(draft) || draft.outcome === 'same' ? (draft.existing?.id ?? null) : draft.recordId,
    key: draft.key,
    digest: draft.key === null ? null : draft.digest,
    links: !isRefused(draft) && draft.outcome !== 'skip' && draft.links.length > 0 ? draft.links : null,
    problems: draft.problems.length > 0 ? draft.problems.slice(0, PROBLEMS_KEPT) : null,
    cells: isRefused(draft) ? draft.cells : null,
  }));
  await act.tx`
    insert into import_row (import_id, dry, line, outcome, record_id, key, digest, links, problems, cells)
    select ${job.id}, ${job.dry}, line, outcome, record_id, key, digest, links, problems, cells
    from jsonb_to_recordset(${toJson(act.tx, rows)}) r (line int, outcome text, record_id uuid, key text, digest text,
      links jsonb, problems jsonb, cells jsonb)
  `;
  await keepTraces(act, job, traces);
}

/** What was written, in its order; of a record written twice (its links come later) the first is told, by its latest version. */
export async function keepTraces({ tx }: Act, job: Job, traces: readonly Trace[]): Promise<void> {
  if (traces.length === 0) return;
  const rows = traces.map(({ id, ...rest }) => ({ ...rest, record_id: id }));
  await tx`
    insert into import_write (import_id, line, object, record_id, version, before)
    select ${job.id}, line, object, record_id, version, before
    from jsonb_to_recordset(${toJson(tx, rows)}) r (line int, object text, record_id uuid, version bigint, before jsonb)
  `;
}
