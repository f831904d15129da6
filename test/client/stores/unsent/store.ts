import { createHash } from 'node:crypto';
import type { UnsentWrite } from '../../../../client/stores/unsent/write.ts';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { ApiError, invalid, notFound, versionConflict } from '../../../../shared/protocol/errors.ts';
import type { WireEvent } from '../../../../shared/protocol/index.ts';
import { compareIn } from '../../../../shared/protocol/index.ts';
import { view } from '../deals.ts';

export type Answer = MaskedRecord | { id: string; version: number; gone: true };

interface Row {
  record: MaskedRecord;
  touched: Map<string, number>;
  gone: boolean;
}

/** What the server does with writes, in short: versions, fields that were touched since, and each key once. */
export class Store {
  /** Every write that changed something, in order. */
  readonly done: UnsentWrite[] = [];
  readonly #rows = new Map<string, Row>();
  readonly #keys = new Map<string, string>();
  readonly #tell: (event: WireEvent) => void;

  constructor(ids: readonly string[], tell: (event: WireEvent) => void) {
    this.#tell = tell;
    for (const [n, id] of ids.entries()) {
      const record: MaskedRecord = {
        id,
        version: 1,
        created_at: '2026-01-01T00:00:00.000Z',
        may: { actions: ['read'], edit: [] },
        title: `Deal ${n}`,
        amount: 0,
        next_step: null,
      };
      this.#rows.set(id, { record, touched: new Map(), gone: false });
    }
  }

  rows(): MaskedRecord[] {
    const here = [...this.#rows.values()].filter(({ gone }) => !gone).map(({ record }) => record);
    return here.sort((a, b) => compareIn(view(), a, b));
  }

  /** Somebody else changes a field. */
  foreign(id: string, field: string, value: string): void {
    const row = this.#rows.get(id);
    if (row && !row.gone && field !== 'amount') this.#change(row, { [field]: value });
  }

  /** @throws ApiError */
  write(write: UnsentWrite): Answer {
    const { act, key, seen } = write;
    const row = 'id' in act ? this.#rows.get(act.id) : undefined;
    if (!row || !('id' in act)) throw notFound();
    const hash = createHash('sha256')
      .update(JSON.stringify([act, seen]))
      .digest('hex');
    const known = this.#keys.get(key);
    if (known !== undefined && known !== hash) throw new ApiError('idempotency_conflict', 'Used');
    if (known === undefined) {
      this.#do(row, write);
      this.#keys.set(key, hash);
    }
    return row.gone ? { id: act.id, version: row.record.version, gone: true } : row.record;
  }

  #do(row: Row, write: UnsentWrite): void {
    const { act, seen } = write;
    if (act.kind === 'restore') {
      if (row.gone) this.#turn(row, false);
      return;
    }
    if (row.gone) throw notFound();
    if (act.kind === 'remove') {
      if (seen !== row.record.version) throw versionConflict(row.record);
      this.#turn(row, true);
    } else if (act.kind === 'change') {
      const changed = Object.keys(act.values).filter((name) => act.values[name] !== row.record[name]);
      if (changed.some((name) => seen !== null && (row.touched.get(name) ?? 0) > seen))
        throw versionConflict(row.record);
      if (Object.values(act.values).some((value) => String(value).startsWith('bad')))
        throw invalid({ title: 'Not right' });
      this.done.push(write);
      this.#change(row, act.values);
    }
  }

  #change(row: Row, values: Readonly<Record<string, unknown>>): void {
    const version = row.record.version + 1;
    row.record = { ...row.record, ...values, version } as MaskedRecord; // values of fields, by this test
    for (const name of Object.keys(values)) row.touched.set(name, version);
    this.#tell(['patch', 'deal', row.record.id, version, { ...values }] as WireEvent);
  }

  #turn(row: Row, gone: boolean): void {
    const version = row.record.version + 1;
    row.record = { ...row.record, version };
    row.gone = gone;
    const { id, version: _, ...fields } = row.record;
    this.#tell(gone ? ['leave', 'deal', id, version, {}] : ['enter', 'deal', id, version, fields]);
  }
}
