import { expect, test, vi } from 'vitest';
import { CHAT } from '../../server/db/demo/support.ts';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { enterAsVisitor } from '../server/live/widget.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { chip, chipSays, countOf, notice, openConsole, row, thread } from '../world/console.ts';
import { enter, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

const claim = ({ page }: Person) => page.getByRole('button', { name: 'Claim' });

test('two agents claim the same ticket at once: one has it, the other is told who, and both see the same', async () => {
  const wren = await enterAsVisitor(a, CHAT.id, 'Wren');
  const ticket = await wren.write('Is anybody there?');
  const agents = [
    { who: people.bjorn, first: 'Björn', person: await newPerson(a.base, people.bjorn.email, { password }) },
    { who: people.zoe, first: 'Zoë', person: await newPerson(b.base, people.zoe.email, { password }) },
  ] as const;
  await Promise.all(agents.map(({ person }) => openConsole(person, 'Unassigned', ticket)));
  // Reading is a change, too: both must hold what came of it, for both to claim the same.
  const rafael = await enter(a, people.rafael);
  const seen = await until(async () => {
    const now = (await rafael.get(`/api/tickets/${ticket}`)).body as MaskedRecord;
    return now['seen_by_us_at'] !== null && now;
  });
  const held = new RegExp(`"${ticket}",(?:"version":)?${seen.version}\\b`);
  for (const { person } of agents) await until(async () => held.test(await person.received()));
  const before = await Promise.all(
    agents.map(async ({ person }) => [await countOf(person, 'Unassigned'), await countOf(person, 'Mine')]),
  );

  // Both press before either is heard: what they ask for goes out together, each with the version they saw.
  const asked: string[] = [];
  let letGo: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (letGo = resolve));
  for (const { person } of agents) {
    person.allow(/409/);
    await person.page.route(`**/api/tickets/${ticket}`, async (route) => {
      asked.push(route.request().postData() ?? '');
      if (asked.length === agents.length) letGo();
      await both;
      await route.continue();
    });
  }
  await Promise.all(agents.map(({ person }) => claim(person).click()));
  await both;
  const versions = asked.map((body) => (JSON.parse(body) as MaskedRecord).version);
  expect(versions[0]).toBe(versions[1]);

  const taken = await until(async () => {
    const now = (await rafael.get(`/api/tickets/${ticket}`)).body as MaskedRecord;
    return now['assignee'] !== null && now;
  });
  const won = agents.findIndex(({ who }) => who.id === taken['assignee']);
  const [winner, loser] = won === 0 ? agents : [agents[1], agents[0]];
  expect(winner.who.id).toBe(taken['assignee']);

  await notice(winner.person, 'It is yours').waitFor();
  await notice(loser.person, `${winner.first} was faster`).waitFor();
  await notice(loser.person, `The ticket is assigned to ${winner.who.name}.`).waitFor();
  for (const { person } of agents) {
    await until(async () => (await chipSays(person, 'Assignee')) === `Assignee: ${winner.who.name}`, {
      what: 'both to see who has it',
    });
    await claim(person).waitFor({ state: 'detached' });
    await row(person, ticket).getByText(`assigned to ${winner.who.name}`).waitFor();
    await thread(person).getByText(`${winner.who.name} took it`).waitFor();
    const [free, mine] = before[person === agents[0].person ? 0 : 1] ?? [];
    await until(async () => (await countOf(person, 'Unassigned')) === (free ?? 0) - 1);
    expect(await countOf(person, 'Mine')).toBe((mine ?? 0) + (person === winner.person ? 1 : 0));
  }

  // Once, and by the one who has it.
  const { entries } = (await rafael.get(`/api/tickets/${ticket}/history?limit=50`)).body as {
    entries: { actor: string | null; changes: Record<string, unknown> }[];
  };
  const moves = entries.filter(({ changes }) => 'assignee' in changes && changes['assignee'] !== null);
  expect(moves.filter(({ actor }) => actor !== null)).toMatchObject([
    { actor: winner.who.id, changes: { assignee: [null, winner.who.id] } },
  ]);

  // Taken back, it is free to take on both screens; the one who was slower has it now.
  await notice(winner.person, 'It is yours').getByRole('button', { name: 'Undo' }).click();
  await claim(loser.person).click();
  await until(async () => (await chipSays(winner.person, 'Assignee')) === `Assignee: ${loser.who.name}`, {
    what: 'the other to have it',
  });
  await chip(loser.person, 'Assignee').waitFor();
});
