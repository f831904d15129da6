import { describe, expect, test } from 'vitest';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import type { HistoryEntry } from '../../../shared/protocol/index.ts';
import { draftValues, type Draft } from '../../../client/records/timeline/draft.ts';
import {
  activityMoments,
  historyMoments,
  isPlanned,
  merge,
} from '../../../client/records/timeline/moments.ts';
import { en } from '../../../client/records/words.ts';

const deal = new Registry(OBJECTS).get('deal');
const NAMES: Record<string, string> = {
  dawit: 'Dawit Selassie',
  tilo: 'Tilo Brandt',
  halden: 'Halden Works',
  lena: 'Lena Weiss',
};
const stage = (key: string, name: string, kind: 'open' | 'won' | 'lost') => ({
  key,
  name,
  kind,
  probability: 50,
  color: 'blue' as const,
  requires: [],
});
const look = {
  name: (_: string, id: string) => NAMES[id] ?? '…',
  stages: [
    stage('proposal', 'Proposal', 'open'),
    stage('negotiation', 'Negotiation', 'open'),
    stage('won', 'Won', 'won'),
    stage('lost', 'Lost', 'lost'),
  ],
  yes: 'Yes',
  no: 'No',
};
const entry = (changes: HistoryEntry['changes'], more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  seq: 7, at: '2026-11-20T10:00:00.000Z', version: 2, op: 'update', actor: 'anna', changes, ...more,
}); // prettier-ignore
const told = (one: HistoryEntry) =>
  historyMoments(deal, [one], look, en).map(({ what }) => what.replaceAll('\u00a0', ' '));

describe('history reads as sentences', () => {
  test('moves, by the names of the stages; what the program set along with them is no news', () => {
    expect(told(entry({ stage: ['proposal', 'negotiation'], stage_since: ['x', 'y'] }))).toEqual([
      'moved it from Proposal to Negotiation',
    ]);
    expect(told(entry({ stage: ['negotiation', 'won'], closed_at: [null, 'y'] }))).toEqual([
      'won it, from Negotiation',
    ]);
    expect(told(entry({ stage: ['proposal', 'lost'], lost_reason: [null, 'Too dear'] }))).toEqual([
      'lost it in Proposal: Too dear',
    ]);
  });

  test('values, as people write them', () => {
    expect(told(entry({ amount: [96000, 125000] }))).toEqual(['changed amount from € 96,000 to € 125,000']);
    expect(told(entry({ company: [null, 'halden'] }))).toEqual(['set company to Halden Works']);
    expect(told(entry({ closes_on: ['2026-12-18', null] }))).toEqual([
      'cleared closes, which was 18 December 2026',
    ]);
  });

  test('handing over is one sentence, the team that follows is none', () => {
    expect(told(entry({ owner: ['anna', 'dawit'], team: ['north', 'south'] }))).toEqual([
      'handed it over to Dawit Selassie',
    ]);
    expect(told(entry({ owner: ['dawit', 'anna'] }))).toEqual(['took it over']);
    expect(told(entry({ participants: [['tilo'], ['lena']] }))).toEqual([
      'brought in Lena Weiss, took Tilo Brandt off it',
    ]);
  });

  test('several fields at once are several lines; fields that no longer exist are none', () => {
    expect(told(entry({ title: ['A', 'B'], discount: [null, 8], abolished: [1, 2] }))).toEqual([
      'changed title from A to B',
      'set discount to 8 %',
    ]);
  });

  test('beginnings and ends', () => {
    expect(told(entry({ title: [null, 'A'] }, { op: 'create' }))).toEqual(['created it']);
    expect(told(entry({}, { op: 'restore' }))).toEqual(['took it out of the bin']);
  });
});

const activity = (fields: Partial<Record<string, string | number | null>>): MaskedRecord => ({
  id: 'a1', version: 1, created_at: '2026-11-19T09:00:00.000Z', may: { actions: [], edit: [] }, kind: 'call', subject: 'Third site', assignee: 'anna', ...fields,
}); // prettier-ignore

describe('activities read as sentences', () => {
  test('a call says with whom and how long', () => {
    const [moment] = activityMoments(
      [
        activity({
          contact: 'tilo',
          duration_min: 24,
          done_at: '2026-11-20T10:12:00.000Z',
          body: 'Wants it.',
        }),
      ],
      look,
      en,
    );
    expect(moment).toMatchObject({
      what: 'called Tilo Brandt, 24 min: Third site',
      at: '2026-11-20T10:12:00.000Z',
      who: 'anna',
      body: 'Wants it.',
      sort: 'call',
    });
  });

  test('what is planned has not happened', () => {
    const task = activity({ kind: 'task' });
    expect(isPlanned(task)).toBe(true);
    expect(activityMoments([task, activity({ due_at: '2026-12-02T10:00:00.000Z' })], look, en)).toEqual([]);
    expect(isPlanned(activity({ kind: 'note' }))).toBe(false);
  });

  test('are merged with history, newest first', () => {
    const past = historyMoments(deal, [entry({ amount: [1, 2] })], look, en);
    const done = activityMoments(
      [activity({ done_at: '2026-11-21T10:00:00.000Z' }), activity({ id: 'a2', kind: 'email' })],
      look,
      en,
    );
    expect(merge(done, past).map(({ at }) => at.slice(8, 10))).toEqual(['21', '20', '19']);
  });
});

describe('a draft becomes an activity', () => {
  const NOW = Date.parse('2026-11-22T12:00:00Z');
  const draft = (fields: Partial<Draft>): Draft => ({
    kind: 'call',
    subject: 'Hello',
    body: '',
    due_at: null,
    minutes: null,
    ...fields,
  });

  test('a note’s first line is its subject', () => {
    expect(draftValues(draft({ kind: 'note', body: 'Nice people.' }), NOW)).toEqual({
      kind: 'note',
      subject: 'Nice people.',
      done_at: '2026-11-22T12:00:00.000Z',
    });
    expect(draftValues(draft({ kind: 'note', body: 'One\ntwo' }), NOW)).toMatchObject({
      subject: 'One',
      body: 'One\ntwo',
    });
    expect(draftValues(draft({ kind: 'note', body: ' \n ' }), NOW)).toBeNull();
    const long = draftValues(draft({ kind: 'note', body: '😀'.repeat(300) }), NOW);
    expect(String(long?.['subject']).length).toBeLessThanOrEqual(200);
    expect(String(long?.['subject']).isWellFormed()).toBe(true);
  });

  test('what lies ahead is planned, what lies behind is done', () => {
    expect(draftValues(draft({ due_at: '2026-12-01T09:00:00.000Z' }), NOW)).toEqual({
      kind: 'call',
      subject: 'Hello',
      due_at: '2026-12-01T09:00:00.000Z',
    });
    expect(draftValues(draft({ minutes: 10 }), NOW)).toEqual({
      kind: 'call',
      subject: 'Hello',
      done_at: '2026-11-22T12:00:00.000Z',
      duration_min: 10,
    });
    expect(draftValues(draft({ kind: 'task' }), NOW)).toEqual({ kind: 'task', subject: 'Hello' });
    expect(draftValues(draft({ subject: ' ' }), NOW)).toBeNull();
  });
});
