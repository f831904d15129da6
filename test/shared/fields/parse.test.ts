import { expect, test } from 'vitest';
import { f, type Field } from '../../../shared/fields/index.ts';
import { areAmbiguous, dateOrders, parseText, type Writing } from '../../../shared/fields/parse.ts';

const field = (made: Omit<Field, 'name'>): Field => ({ ...made, name: 'x' });
const value = (made: Omit<Field, 'name'>, text: string, how?: Writing) => {
  const parsed = parseText(field(made), text, how);
  return 'value' in parsed ? parsed.value : { problem: parsed.problem };
};
const problem = { problem: expect.any(String) as string };

test('texts, addresses and numbers to call', () => {
  expect(value(f.text('T'), '  007 \n x ')).toBe('007 x');
  expect(value(f.text('T', { required: true }), '  ')).toBe(null);
  expect(value(f.text('T'), 'a\0')).toEqual(problem);
  expect(value(f.text('T', { max: 2 }), 'abc')).toEqual(problem);
  expect(value(f.longtext('T'), ' a\r\nb ')).toBe('a\nb');
  expect(value(f.email('E'), ' mailto:Ann@Example.com')).toBe('Ann@Example.com');
  expect(value(f.email('E'), 'ann')).toEqual(problem);
  expect(value(f.phone('P'), '+49 (0) 30\u2013123')).toBe('+49 (0) 30-123');
  expect(value(f.phone('P'), 'call me')).toEqual(problem);
  expect(value(f.url('U'), 'example.com/a')).toBe('https://example.com/a');
  expect(value(f.url('U'), 'javascript:alert(1)')).toEqual(problem);
});

test.each<[string, number, Writing?]>([
  ['1,234.50', 1234.5],
  ['1.234,50', 1234.5],
  ['1.234.567', 1_234_567],
  ['1.23', 1.23],
  ['1.234', 1234, { decimal: ',' }],
  ['1,5', 1.5],
  ['1,234', 1234],
  ['€ 1 234', 1234],
  ["CHF 1'234.00", 1234],
  ['$1,100', 1100],
  ['-$5', -5],
  ['(1,234.5)', -1234.5],
  ['12 USD', 12],
  ['1100.04', 1_100_040_000, { factor: 1_000_000 }],
  ['.5', 0.5],
  ['1e3', 1000],
])('money %s', (text, expected, how) => {
  expect(value(f.money('M'), text, how)).toBe(expected);
});

test.each(['x', '1,2,3', '1.2.3', '12abc', '--1', '1.239', '', '1..2'].filter(Boolean))(
  'no money: %s',
  (text) => {
    expect(value(f.money('M'), text)).toEqual(problem);
  },
);

test('percent, whole numbers, yes and no', () => {
  expect(value(f.percent('P'), '12.5 %')).toBe(12.5);
  expect(value(f.percent('P'), '0.125', { factor: 100 })).toBe(12.5);
  expect(value(f.integer('I'), '2,822')).toBe(2822);
  expect(value(f.integer('I'), '1.5')).toEqual(problem);
  expect(['yes', 'X', 'ja', '是', '1'].map((text) => value(f.boolean('B'), text))).toEqual(
    Array(5).fill(true),
  );
  expect(['No', '0', 'nein', '否'].map((text) => value(f.boolean('B'), text))).toEqual(Array(4).fill(false));
  expect(value(f.boolean('B'), 'maybe')).toEqual(problem);
});

test.each<[string, string, Writing?]>([
  ['2017-03-01', '2017-03-01'],
  ['2017/3/1', '2017-03-01'],
  ['20170301', '2017-03-01'],
  ['3/1/2017', '2017-03-01', { dates: 'mdy' }],
  ['3/1/2017', '2017-01-03', { dates: 'dmy' }],
  ['31.12.69', '2069-12-31', { dates: 'dmy' }],
  ['31.12.70', '1970-12-31', { dates: 'dmy' }],
  ['25/12/2017', '2017-12-25'],
  ['1 March 2017', '2017-03-01'],
  ['Mar 1, 2017', '2017-03-01'],
  ['01-Mar-17', '2017-03-01'],
  ['2017-03-01T23:30:00-05:00', '2017-03-01'],
  ['2017-03-01 23:30', '2017-03-01'],
])('date %s', (text, expected, how) => {
  expect(value(f.date('D'), text, how)).toBe(expected);
});

test.each<[string, string, Writing?]>([
  ['2023-06-01 12:15:36', '2023-06-01T12:15:36.000Z'],
  ['2023-06-01T12:15:36+02:00', '2023-06-01T10:15:36.000Z'],
  ['2023-06-01', '2023-06-01T00:00:00.000Z'],
  ['6/1/2023 1:05 PM', '2023-06-01T13:05:00.000Z', { dates: 'mdy' }],
])('moment %s', (text, expected, how) => {
  expect(value(f.instant('I'), text, how)).toBe(expected);
});

test.each(['31/02/2024', '2024-02-30', '42000', 'soon', '1/2/3', '2024-13-01', 'Foo 3, 2024'])(
  'no date: %s',
  (text) => {
    expect(value(f.date('D'), text, { dates: 'dmy' })).toEqual(problem);
  },
);

test('dates that may be more than one day ask for their order', () => {
  expect(value(f.date('D'), '3/1/2017')).toEqual({
    problem: expect.stringContaining('which order') as string,
  });
  expect(dateOrders(['3/1/2017', '4/5/2017', ''])).toEqual(['dmy', 'mdy']);
  expect(dateOrders(['3/1/2017', '4/25/2017'])).toEqual(['mdy']);
  expect(dateOrders(['3/1/2017', 'x'])).toEqual([]);
});

test('choices and countries', () => {
  const choice = f.choice('C', { urgent: 'Urgent', on_hold: 'On hold' });
  expect(['URGENT', 'on hold', 'on_hold'].map((text) => value(choice, text))).toEqual([
    'urgent',
    'on_hold',
    'on_hold',
  ]);
  expect(value(choice, 'later')).toEqual({ problem: 'Must be one of: Urgent, On hold' });
  const country = f.text('C', { max: 2, codes: 'country' });
  expect(['United States', 'USA', 'UK', 'Korea', 'de', 'Côte d’Ivoire', 'Brasil'].map((text) => value(country, text))).toEqual([
    'US', 'US', 'GB', 'KR', 'DE', 'CI', problem,
  ]); // prettier-ignore
});

test.each([
  [['2024-03-04', '2024-12-11T10:00:00.000+0000'], false],
  [['3 March 2024'], false],
  [['03/04/2024', ''], true],
  [['03/04/2024', '03/25/2024'], false],
  [['2024-03-04', '03/04/2024'], true],
  [['03/03/2024'], false],
  [['no date'], false],
])('whether %j can be other days: %s', (texts, expected) => {
  expect(areAmbiguous(texts)).toBe(expected);
});
