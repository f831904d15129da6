import { expect, test, vi } from 'vitest';
import { CHAT } from '../../server/db/demo/support.ts';
import { enterAsVisitor } from '../server/live/widget.ts';
import { newPerson } from '../world/browser.ts';
import { noteField, compose, openConsole, replyField, said } from '../world/console.ts';
import { enter, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { remains } from '../world/remains.ts';
import { openSocket } from '../world/rawSocket.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

/** So much of what was typed last may be lost. */
const LAST_ms = 4_000;

test('an agent’s session is ended in mid-sentence: all is wiped, and the draft is there after signing in again', async () => {
  const wren = await enterAsVisitor(a, CHAT.id, 'Wren Okafor');
  const ticket = await wren.write('The Numbat is broken');
  const bjorn = await newPerson(a.base, people.bjorn.email, { password });
  await openConsole(bjorn, 'Unassigned', ticket);
  await said(bjorn, 'The Numbat is broken').waitFor();
  await compose(bjorn, 'Private note');
  await noteField(bjorn).fill('Is it under warranty?');
  await compose(bjorn, 'Reply');
  await replyField(bjorn).click();

  // He types on and on; the administrator does not wait for him to finish.
  const rafael = await enter(b, people.rafael);
  const typed: { at_ms: number; text: string }[] = [];
  let text = '';
  let over = false;
  const calm = bjorn.page.getByText('Your session has ended').waitFor();
  const page = calm.then(() => (over = true));
  let ending: Promise<unknown> | undefined;
  for (let n = 1; !over && n < 500; n += 1) {
    const word = `word${n} `;
    await bjorn.page.keyboard.type(word, { delay: 15 });
    text += word;
    typed.push({ at_ms: Date.now(), text });
    if (n === 60) ending = rafael.delete(`/api/users/${people.bjorn.id}/sessions`);
  }
  await page;
  const endedAt_ms = Date.now();
  await ending;
  await bjorn.page.getByText('An administrator ended it.').waitFor();

  // Nothing stays, and nothing more comes.
  const hears = await openSocket(rafael);
  await hears.open({ object: 'message', filter: { ticket } }, 'thread');
  await wren.write('And now the Echidna, too');
  await hears.wait((piece) => JSON.stringify(piece).includes('Echidna'));
  const left = await remains(bjorn.page);
  for (const word of [
    'Numbat',
    'Echidna',
    'word1',
    'warranty',
    'Wren',
    ticket,
    people.bjorn.name,
    'nordlicht',
  ])
    expect(left, word).not.toContain(word);
  expect(JSON.parse(left.slice(0, left.indexOf('<')))).toMatchObject({ kept: { databases: [] }, cached: [] });
  expect(await bjorn.received()).not.toContain('Echidna');

  // Signed in again, he goes on where he was.
  bjorn.allow(/401/);
  await bjorn.page.reload();
  await bjorn.page.getByRole('textbox', { name: 'E-mail' }).fill(people.bjorn.email);
  await bjorn.page.getByLabel('Password', { exact: true }).fill(password);
  await bjorn.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await said(bjorn, 'And now the Echidna, too').waitFor();
  const before = typed.findLast(({ at_ms }) => at_ms < endedAt_ms - LAST_ms)?.text ?? '';
  expect(before).toContain('word1 ');
  const draft = await replyField(bjorn).inputValue();
  expect(text.startsWith(draft), draft).toBe(true);
  expect(draft.startsWith(before), `${draft} … ${before}`).toBe(true);
  await compose(bjorn, 'Private note');
  expect(await noteField(bjorn).inputValue()).toBe('Is it under warranty?');
});
