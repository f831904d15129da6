import { describe, expect, test } from 'vitest';
import {
  formOf,
  insertName,
  matchPeople,
  queryAt,
  stillMentioned,
} from '../../../client/conversations/composer/mentions.ts';

const people = ['Kofi Owusu', 'Anna Sørensen', 'Anna Berg', 'Zoë Müller'].map((name) => ({ id: name, name }));
const names = (typed: string) => matchPeople(people, typed).map(({ name }) => name);
const query = (text: string) => queryAt(text, text.length);

describe('an @', () => {
  test('begins a search at the start of a word, up to the caret', () => {
    expect(query('ask @ko')).toEqual({ start: 4, text: 'ko' });
    expect(query('@')).toEqual({ start: 0, text: '' });
    expect(queryAt('@kofi thanks', 3)).toEqual({ start: 0, text: 'ko' });
  });

  test('in a mail address, or followed by a whole sentence, begins none', () => {
    expect(query('lena@nord')).toBeNull();
    expect(query('@kofi thank you')).toBeNull();
    expect(query(`@${'x'.repeat(60)}`)).toBeNull();
  });

  test('finds people by any word of their name, whatever the accents', () => {
    expect(names('sor')).toEqual(['Anna Sørensen']);
    expect(names('sør')).toEqual(['Anna Sørensen']);
    expect(names('mull')).toEqual(['Zoë Müller']);
    expect(names('anna')).toEqual(['Anna Berg', 'Anna Sørensen']);
  });
});

describe('a picked name', () => {
  test('is the first name where only one has it, else the whole', () => {
    expect(people.map((person) => formOf(person, people))).toEqual([
      'Kofi',
      'Anna Sørensen',
      'Anna Berg',
      'Zoë',
    ]);
  });

  test('takes the place of what was typed, and leaves the caret behind it', () => {
    const found = query('ask @ko');
    expect(found && insertName('ask @ko', 7, found, 'Kofi')).toEqual({ text: 'ask @Kofi ', caret: 10 });
    expect(insertName('@ko please', 3, { start: 0, text: 'ko' }, 'Kofi')).toEqual({
      text: '@Kofi please',
      caret: 6,
    });
  });

  test('taken out of the text again mentions nobody', () => {
    expect(stillMentioned('@Kofi look', people)).toEqual(['Kofi Owusu']);
    expect(stillMentioned('@Kof look', people)).toEqual([]);
  });
});
