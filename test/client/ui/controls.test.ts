import { expect, test, vi } from 'vitest';
import { withoutHandlers } from '../../../client/ui/actions/off.ts';
import { nextSort } from '../../../client/ui/data/columns.ts';
import { keyLabel } from '../../../client/ui/platform.ts';

test('a switched-off control loses its handlers and keeps everything else, symbols too', () => {
  const attachment = Symbol('attachment');
  const press = vi.fn();
  const props = { id: 'a', once: 1, onclick: press, onpointerdown: press, [attachment]: press };
  const kept = withoutHandlers(props);
  expect(Reflect.ownKeys(kept)).toEqual(['id', 'once', attachment]);
});

test('pressing a head sorts upward, pressing it again turns it round', () => {
  expect(nextSort(null, 'name')).toEqual({ key: 'name', direction: 'asc' });
  expect(nextSort({ key: 'name', direction: 'asc' }, 'name')).toEqual({ key: 'name', direction: 'desc' });
  expect(nextSort({ key: 'name', direction: 'desc' }, 'name')).toEqual({ key: 'name', direction: 'asc' });
  expect(nextSort({ key: 'name', direction: 'asc' }, 'age')).toEqual({ key: 'age', direction: 'asc' });
});

test('keys are named as the keyboard names them', () => {
  expect(keyLabel('Mod+Enter', true)).toBe('⌘⏎');
  expect(keyLabel('Mod+K', false)).toBe('Ctrl\u202fK');
  expect(keyLabel('C', false)).toBe('C');
});
