import { expect, test } from 'vitest';
import { closest } from '../../../shared/imports/closest.ts';

test.each([
  ['GTXPro', ['GTX Basic', 'GTX Pro', 'GTX Plus Pro'], 'GTX Pro'],
  ['technolgy', ['Technology', 'Retail'], 'Technology'],
  ['Müller GmbH', ['Muller GmbH', 'Miller GmbH'], 'Muller GmbH'],
  ['recieved', ['received'], 'received'],
  ['software', ['Health', 'Retail'], null],
  ['Anna', ['Anne', 'Hanna'], null],
  ['Plan 1000', ['Plan 2000'], null],
  ['abcdefgx', ['abcdefgh', 'abcdefgi'], null],
  ['a-b', ['A B', 'AB'], null],
  ['', ['a'], null],
  ['Closed Won', ['Qualified', 'Won', 'Lost'], 'Won'],
  ['Negotiation/Review', ['Proposal', 'Negotiation'], 'Negotiation'],
  ['Critical', ['Urgent', 'High', 'Normal', 'Low'], 'Urgent'],
  ['Banking', ['Finance', 'Food'], 'Finance'],
  ['helthcare', ['Health', 'Food'], 'Health'],
  ['Technical issue', ['Technical', 'Billing'], 'Technical'],
  ['Billing and orders', ['Billing', 'Orders'], null],
  ['Other', ['Fair', 'Partner'], null],
])('%s among %j: %s', (text, candidates, expected) => {
  expect(closest(text, candidates)).toBe(expected);
});
