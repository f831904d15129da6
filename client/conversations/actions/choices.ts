import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Option } from '../../ui/types.ts';

/** A line of a picker: an option, with what else helps to choose it. */
export type Choice = Option & {
  /** How many it stands for. */
  count?: number | string;
  /** The key that does the same. */
  kbd?: string;
};

/** The choices whose words contain what is typed; one whose label begins with it comes first. */
export function narrow(choices: readonly Choice[], typed: string): Choice[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === '') return [...choices];
  const found = choices.filter(({ label, text }) =>
    `${label} ${text ?? ''}`.toLocaleLowerCase().includes(wanted),
  );
  const begins = ({ label }: Choice) => (label.toLocaleLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b));
}

/** Where the highlight goes by a key; null: the key is not one of these. The list is a ring. */
export function step(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}

interface Circle {
  people: readonly MaskedRecord[];
  me: string;
  /** Ids of the teams that work the ticket's queue, and of the team that has it. */
  teams: ReadonlySet<string>;
  words: { me: (name: string) => string; works_queue: string };
}

/**
 * Whom a ticket can be given to, the likeliest first: oneself, those whose team works its queue, then everyone else.
 * Who may not answer is refused by the server, which alone knows everybody's roles.
 */
export function personChoices({ people, me, teams, words }: Circle): Choice[] {
  const rank = (person: MaskedRecord) => (person.id === me ? 0 : teams.has(String(person['team'])) ? 1 : 2);
  const name = (person: MaskedRecord) => String(person['name'] ?? '');
  return people
    .filter((person) => person['active'] !== false)
    .sort((a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b)))
    .map((person) => {
      const title = typeof person['title'] === 'string' ? person['title'] : '';
      const text = rank(person) === 1 ? [title, words.works_queue].filter(Boolean).join(' · ') : title;
      return {
        value: person.id,
        label: person.id === me ? words.me(name(person)) : name(person),
        person: { id: person.id, name: name(person) },
        ...(text ? { text } : {}),
      };
    });
}
