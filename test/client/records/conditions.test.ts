import { describe, expect, test } from 'vitest';
import { actorSets } from '../../../shared/access/index.ts';
import { parseFilter, passes } from '../../../shared/protocol/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { chipText } from '../../../client/records/filters/chips.ts';
import {
  filterOf,
  readConditions,
  readRange,
  writeConditions,
  type Standpoint,
} from '../../../client/records/filters/conditions.ts';
import { spanOf } from '../../../client/records/filters/periods.ts';
import { en } from '../../../client/records/words.ts';

const deal = new Registry(OBJECTS).get('deal');
const KOFI = '01890000-0000-7000-8000-000000000001';
const ANNA = '01890000-0000-7000-8000-000000000002';
const NORTH = '01890000-0000-7000-8000-0000000000a1';
const here: Standpoint = {
  sets: actorSets(KOFI, { reports: new Set([ANNA]), teams: new Set([NORTH]) }),
  today: '2026-11-22',
};
const all = () => true;
const from = (query: string, may: (field: string) => boolean = all) =>
  readConditions(deal, new URLSearchParams(query), may);
const filter = (query: string) => filterOf(deal, from(query), here);

describe('the filter in an address', () => {
  test('says who, when and how much', () => {
    expect(filter('owner=reports&closes_on=this_quarter&amount=1000..5000')).toEqual({
      and: [
        { owner: { in: [ANNA] } },
        { closes_on: { gte: '2026-10-01', lte: '2026-12-31' } },
        { amount: { gte: 1000, lte: 5000 } },
      ],
    });
  });

  test('what the page itself is asked for is no condition, though there is such a field', () => {
    expect(from(`pipeline=${NORTH}&owner=me`)).toEqual([{ field: 'owner', value: 'me' }]);
  });

  test('my team means the records of my teams, not a list of people', () => {
    expect(filter('owner=team')).toEqual({ and: [{ team: { in: [NORTH] } }] });
  });

  test('overdue asks for open ones only', () => {
    expect(filter('closes_on=overdue')).toEqual({
      and: [{ closes_on: { lte: '2026-11-21' }, closed_at: null }],
    });
  });

  test('a dash asks for empty ones, where a field may be empty', () => {
    expect(filter('company=-')).toEqual({ and: [{ company: null }] });
    expect(from('title=-')).toEqual([]);
  });

  test('what names no field, no value of it, or a field that may not be read is no condition', () => {
    expect(
      from('nonsense=1&amount=dear&owner=someone&source=moon&closes_on=31.12.&look=list&pipeline=x'),
    ).toEqual([]);
    expect(from('amount=1..2', (field) => field !== 'amount')).toEqual([]);
    expect(from('__proto__=1&constructor=2&stages=3')).toEqual([]);
  });

  test('every filter it makes is one that the server understands', () => {
    const queries = ['owner=me', 'owner=team', `company=${KOFI},${ANNA}`, 'source=web,fair', 'closes_on=2026-01-01..', 'closes_on=..2026-01-01',
      'stage_since=last_7_days', 'title=roll-out', 'discount=..12.5', 'amount=0.5..', 'closes_on=overdue', 'source=-']; // prettier-ignore
    for (const query of queries) {
      expect(from(query), query).toHaveLength(1);
      expect(() => parseFilter(deal, filter(query)), query).not.toThrow();
    }
  });

  test('a moment today is within "today", one of tomorrow is not', () => {
    const parsed = parseFilter(deal, filter('stage_since=today'));
    expect(passes(parsed, { stage_since: new Date(2026, 10, 22, 23, 59, 59).toISOString() })).toBe(true);
    expect(passes(parsed, { stage_since: new Date(2026, 10, 23).toISOString() })).toBe(false);
  });

  test('is written back beside what else the address holds', () => {
    const query = new URLSearchParams('pipeline=p&look=list&q=text&owner=me&unknown=1');
    expect(writeConditions(query, [{ field: 'amount', value: '5..' }]).toString()).toBe(
      'pipeline=p&look=list&q=text&amount=5..',
    );
  });

  test('ranges may be open at either end, and hold decimals', () => {
    expect(readRange('1.5..2.25')).toEqual({ from: '1.5', to: '2.25' });
    expect(readRange('..7')).toEqual({ from: '', to: '7' });
    expect(readRange('-5..')).toEqual({ from: '-5', to: '' });
    expect(readRange('..')).toBeNull();
    expect(readRange('7')).toBeNull();
  });
});

test('periods begin and end on days, over the turn of a year too', () => {
  expect(spanOf('next_quarter', '2026-11-22')).toEqual({ from: '2027-01-01', to: '2027-03-31' });
  expect(spanOf('this_month', '2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  expect(spanOf('last_30_days', '2026-01-05')).toEqual({ from: '2025-12-07', to: '2026-01-05' });
});

test('a condition is said in words', () => {
  const look = {
    name: (_: string, id: string) => (id === ANNA ? 'Anna Sørensen' : '…'),
    stages: [],
    yes: 'Yes',
    no: 'No',
  };
  const say = (field: string, value: string) =>
    chipText(deal, { field, value }, look, en).replaceAll('\u00a0', ' ');
  expect(say('owner', 'reports')).toBe('Owner: my reports');
  expect(say('owner', ANNA)).toBe('Owner: Anna Sørensen');
  expect(say('closes_on', 'this_quarter')).toBe('Closes: this quarter');
  expect(say('amount', '1000..')).toBe('Amount: at least € 1,000');
  expect(say('source', 'web,fair')).toBe('Source: Web site, Fair');
  expect(say('next_step', 'call')).toBe('Next step: “call”');
});
