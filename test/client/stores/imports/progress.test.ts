import { describe, expect, test } from 'vitest';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import {
  importOf,
  quarterPassed,
  secondsLeft,
  shareOf,
  stepFor,
} from '../../../../client/stores/imports/progress.ts';

const BEGAN = '2026-11-25T10:00:00.000Z';
const at = (seconds: number) => Date.parse(BEGAN) + seconds * 1000;
const one = (fields: Record<string, unknown>) =>
  importOf({ id: 'x', version: 1, may: { actions: [], edit: [] }, started_at: BEGAN, ...fields } as unknown as MaskedRecord); // prettier-ignore

describe('how far it is', () => {
  test('nobody knows before the rows are counted, and no rows are all of them', () => {
    expect(shareOf(one({ rows: null, gone_through: 500 }))).toBeNull();
    expect(shareOf(one({ rows: 0, gone_through: 0 }))).toBe(1);
    expect(shareOf(one({ rows: 200, gone_through: 50 }))).toBe(0.25);
    expect(shareOf(one({ rows: 200, gone_through: 201 }))).toBe(1);
  });

  test('what is left follows from the pace so far, once there is one', () => {
    const half = one({ rows: 1000, gone_through: 500 });
    expect(secondsLeft(half, at(30))).toBe(30);
    expect(secondsLeft(half, at(1))).toBeNull();
    expect(secondsLeft(one({ rows: 1000, gone_through: 1 }), at(30))).toBeNull();
    expect(secondsLeft(one({ rows: 1000, gone_through: 1000 }), at(30))).toBeNull();
    expect(secondsLeft(one({ rows: null, gone_through: 10 }), at(30))).toBeNull();
  });

  test('quarters are worth saying, once each, and the last of several at once', () => {
    expect(quarterPassed(0.1, 0.2)).toBeNull();
    expect(quarterPassed(0.24, 0.26)).toBe(25);
    expect(quarterPassed(0.25, 0.4)).toBeNull();
    expect(quarterPassed(0.2, 0.8)).toBe(75);
    expect(quarterPassed(null, 0.5)).toBe(50);
    expect(quarterPassed(0.9, null)).toBeNull();
  });
});

describe('the step of its page', () => {
  test('it follows the status, and goes back to the map as long as nothing has come in', () => {
    expect(stepFor('uploaded', null, null)).toBe('map');
    expect(stepFor('checked', 'check', null)).toBe('check');
    expect(stepFor('checked', 'check', 'map')).toBe('map');
    expect(stepFor('uploaded', null, 'check')).toBe('check');
    expect(stepFor('checked', 'check', 'run')).toBe('check');
    expect(stepFor('checked', 'check', 'nonsense')).toBe('check');
  });

  test('at work, and once rows have come in, there is no other', () => {
    for (const status of ['running', 'done', 'undoing', 'undone'] as const)
      expect(stepFor(status, 'run', 'map'), status).toBe('run');
    expect(stepFor('checking', 'check', 'map')).toBe('check');
  });

  test('what ended early is told by what it was doing', () => {
    for (const status of ['stopped', 'failed'] as const) {
      expect(stepFor(status, 'check', null)).toBe('check');
      expect(stepFor(status, 'check', 'map')).toBe('map');
      expect(stepFor(status, 'run', null)).toBe('run');
      expect(stepFor(status, 'run', 'map')).toBe('run');
      expect(stepFor(status, 'undo', 'map')).toBe('run');
    }
  });
});
