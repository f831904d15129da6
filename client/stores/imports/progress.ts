import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { ImportResult } from '../../../shared/protocol/imports.ts';
import { num, text } from '../values.ts';

export type ImportStatus =
  'uploaded' | 'checking' | 'checked' | 'running' | 'stopped' | 'done' | 'undoing' | 'undone' | 'failed';

/** An import's record, read. */
export interface Import {
  id: string;
  name: string;
  object: string;
  status: ImportStatus;
  bytes: number;
  rows: number | null;
  goneThrough: number;
  created: number;
  updated: number;
  same: number;
  refused: number;
  kept: number;
  problem: string | null;
  createdAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export function importOf(record: MaskedRecord): Import {
  const count = (field: string) => num(record, field) ?? 0;
  return {
    id: record.id,
    name: text(record, 'name') ?? '',
    object: text(record, 'object') ?? '',
    status: (text(record, 'status') ?? 'uploaded') as ImportStatus, // one of the choices of shared/objects/import.ts
    bytes: count('bytes'),
    rows: num(record, 'rows'),
    goneThrough: count('gone_through'),
    created: count('created'),
    updated: count('updated'),
    same: count('same'),
    refused: count('refused'),
    kept: count('kept'),
    problem: text(record, 'problem'),
    createdAt: text(record, 'created_at'),
    startedAt: text(record, 'started_at'),
    finishedAt: text(record, 'finished_at'),
  };
}

/** It is being worked on: what it shows will change by itself. */
export const isBusy = ({ status }: Import): boolean =>
  status === 'checking' || status === 'running' || status === 'undoing';

/** From 0 to 1; null while nobody knows how many rows there are. */
export function shareOf({ rows, goneThrough }: Import): number | null {
  if (rows === null) return null;
  return rows === 0 ? 1 : Math.min(1, goneThrough / rows);
}

/** Before that much is done, the pace says nothing. */
const PACE_SHARE = 0.02;
const PACE_MS = 2_000;

/** Seconds until it is through at the pace so far; null where that cannot be said yet. */
export function secondsLeft(one: Import, now: number): number | null {
  const share = shareOf(one);
  if (share === null || one.startedAt === null || share < PACE_SHARE || share === 1) return null;
  const passed = now - Date.parse(one.startedAt);
  return passed < PACE_MS ? null : Math.ceil((passed * (1 - share)) / share / 1000);
}

const QUARTERS = [0.25, 0.5, 0.75];

/** The quarter that was passed between two looks, in percent: what is worth saying aloud. Null where none was. */
export function quarterPassed(before: number | null, now: number | null): number | null {
  if (now === null) return null;
  const passed = QUARTERS.filter((quarter) => now >= quarter && (before ?? 0) < quarter).at(-1);
  return passed === undefined ? null : passed * 100;
}

export type Step = 'map' | 'check' | 'run';
/** What an import does or did last; null where it has done nothing yet. */
export type Doing = ImportResult['doing'];

const STEP_OF: Record<ImportStatus, Step> = {
  uploaded: 'map',
  checking: 'check',
  checked: 'check',
  running: 'run',
  stopped: 'run',
  done: 'run',
  undoing: 'run',
  undone: 'run',
  failed: 'run',
};

/** Whether its map can still be changed: nothing of it has come in, and it is not at work. */
export const isOpen = (status: ImportStatus, doing: Doing): boolean =>
  status === 'uploaded' || status === 'checked' || (isBroken(status) && doing !== 'run' && doing !== 'undo');

/** The step to show: what was asked for where that is possible, else the one it stands at by itself. */
export function stepFor(status: ImportStatus, doing: Doing, asked: string | null): Step {
  if (!isOpen(status, doing)) return STEP_OF[status];
  if (asked === 'map' || asked === 'check') return asked;
  return isBroken(status) ? 'check' : STEP_OF[status];
}

/** It ended before its time. Of what, the status does not tell. */
export const isBroken = (status: ImportStatus): boolean => status === 'stopped' || status === 'failed';
