import { names } from '../../stores/names.svelte.ts';

/** What a person is called; '…' until it is known. Reactive. */
export function nameOf(user: unknown): string {
  const name = typeof user === 'string' ? names.get('user', user)?.['name'] : null;
  return typeof name === 'string' ? name : '…';
}

/** "Anna Sørensen" is Anna; 田中 次郎 is called whole. */
export const firstName = (name: string): string =>
  /^\p{Script=Latin}/u.test(name) ? (name.split(' ')[0] ?? name) : name;
