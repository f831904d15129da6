import { names } from '../../stores/names.svelte.ts';
import { text } from '../../stores/values.ts';
import type { Mentionable } from '../thread/pieces.ts';

/** Everybody who works here, for mentions. Reactive. Who may not read the note is refused by the server, by name. */
export const colleagues = (): (Mentionable & { title: string | null })[] =>
  names.all('user').flatMap((user) => {
    const name = text(user, 'name');
    return name === null || user['active'] === false
      ? []
      : [{ id: user.id, name, title: text(user, 'title') }];
  });
