import { expect, test } from 'vitest';
import { maskTag } from '../../../shared/protocol/index.ts';

const record = (more: object = {}, may = { actions: ['read', 'update'], edit: ['title'] }) =>
  ({ id: 'i', version: 1, created_at: '2026-01-01T00:00:00.000Z', title: 'T', may, ...more }) as never;

test('the tag of docs/protocol.md', () => {
  expect(maskTag(record())).toBe('afc913f4fec9');
});

test('values, versions, ids and the order of names do not count', () => {
  const other = { title: null, id: 'j', version: 9, created_at: 'x', none: undefined };
  expect(maskTag({ ...other, may: { actions: ['update', 'read'], edit: ['title'] } } as never)).toBe(
    maskTag(record()),
  );
});

test('fields, actions and what may be edited do, each in its place', () => {
  const tags = [
    maskTag(record()),
    maskTag(record({ amount: null })),
    maskTag(record({ amoun: null, t: null })),
    maskTag(record({}, { actions: ['read'], edit: ['title'] })),
    maskTag(record({}, { actions: ['read', 'update'], edit: [] })),
    maskTag(record({}, { actions: ['read'], edit: ['title', 'update'] })),
  ];
  expect(new Set(tags).size).toBe(tags.length);
  for (const tag of tags) expect(tag).toMatch(/^[0-9a-f]{12}$/);
});
