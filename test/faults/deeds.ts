import { builtInRoleId } from '../../server/db/builtInRoles.ts';
import { QUEUES } from '../../server/db/demo/support.ts';
import type { Dice } from '../world/dice.ts';
import { roles, teams } from '../world/people.ts';
import { agents, PIPELINE, sellers, STAGES, type World } from './world.ts';

/** Something to be asked of a node. `mark` is a text that nothing else holds, in the field that tells the deed. */
export interface Deed {
  verb: string;
  /** Who asks: one of those, or a person by id. */
  who: 'seller' | 'manager' | 'agent' | 'administrator' | { id: string };
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: Record<string, unknown>;
  object?: string;
  id?: string;
  mark?: { field: string; text: string };
}

/** What has been made in this run, so that it can be taken away again. */
export interface Made {
  /** Whose each deal was when last heard of. */
  owners: Map<string, string>;
  deals: string[];
  shares: string[];
  restrictions: string[];
}

type Make = (dice: Dice, world: World, made: Made, mark: string) => Deed | null;

type Drawn = readonly [weight: number, make: Make];

/** What people do all day: how often each is drawn, and how it is made. */
const WORK: readonly Drawn[] = [
  [14, (dice, _world, made, mark) => aStep(dice, made, mark)],
  [8, (dice, _world, made, mark) =>
    ofOwner(dice, made, (who, id) => patch('move', who, 'deal', id, 'next_step', mark, { stage: dice.pick(STAGES) }))],
  // Whoever may see it at all may try.
  [2, (dice, world, _made, mark) => patch('step', 'seller', 'deal', dice.pick(world.ids.deal), 'next_step', mark)],
  [6, (dice, world, _made, mark) =>
    patch('amount', 'manager', 'deal', dice.pick(world.ids.deal), 'next_step', mark, { amount: dice.int(1, 90_000) })],
  [7, (dice, world, _made, mark) =>
    patch('assign', 'manager', 'deal', dice.pick(world.ids.deal), 'next_step', mark, { owner: dice.pick(sellers).id })],
  [5, (dice, world, _made, mark) => create('create', 'seller', 'deal', '/api/deals', 'title', mark, {
    pipeline: PIPELINE.id, stage: dice.pick(STAGES), amount: dice.int(1, 9_000), company: dice.pick(world.ids.company) })],
  [5, (dice, _world, { deals }) => deals.length === 0 ? null
    : { verb: 'delete', who: 'manager', method: 'DELETE', path: `/api/deals/${take(dice, deals)}` }],
  [3, (dice, _world, made, mark) => ofOwner(dice, made, (who, deal) =>
    create('call', who, 'activity', '/api/activities', 'subject', mark, { kind: 'call', deal }))],
  [3, (dice, world, _made, mark) => patch('rename', 'manager', 'company', dice.pick(world.ids.company), 'city', mark)],
  [7, (dice, world, _made, mark) => patch('subject', 'agent', 'ticket', dice.pick(world.ids.ticket), 'subject', mark)],
  [5, (dice, world, _made, mark) => patch('queue', 'agent', 'ticket', dice.pick(world.ids.ticket), 'subject', mark, {
    queue: dice.pick(Object.values(QUEUES)).id, assignee: dice.maybe(0.5, agents)?.id ?? null })],
  [6, (dice, world, _made, mark) => ({ ...create('reply', 'agent', 'message',
    `/api/tickets/${dice.pick(world.ids.ticket)}/messages`, 'body', mark), body: { body: mark, kind: 'reply' } })],
  [4, (dice, world, _made, mark) => ({ ...create('note', 'agent', 'note',
    `/api/tickets/${dice.pick(world.ids.ticket)}/messages`, 'body', mark), body: { body: mark, kind: 'note' } })],

]; // prettier-ignore

/** What changes who may see what. */
const RULING: readonly Drawn[] = [
  [3, (dice) => policy('give role', 'POST', '/api/assignments', {
    user: dice.pick(sellers).id, role: dice.pick([roles.salesAssistant, builtInRoleId('data_analyst')]) })],
  [3, (dice) => policy('take role', 'DELETE', `/api/assignments?user=${dice.pick(sellers).id}&role=${
    dice.pick([roles.salesAssistant, roles.salesAssistant, builtInRoleId('data_analyst'), builtInRoleId('sales_representative')])}`)],
  [2, (dice) => policy('give role', 'POST', '/api/assignments', {
    user: dice.pick(sellers).id, role: builtInRoleId('sales_representative') })],
  [2, (dice) => policy('mask', 'PATCH', `/api/roles/${roles.salesAssistant}`, {
    fields: { deal: { amount: dice.pick(['hidden', 'read']) } } })],
  [3, (dice) => policy('team', 'PATCH', `/api/users/${dice.pick(sellers).id}`, {
    team: dice.pick([teams.north, teams.south, teams.midmarket]) })],
  [1, (dice) => policy('team', 'PATCH', `/api/users/${dice.pick(agents).id}`, { team: dice.pick([teams.support, teams.technical]) })],
  [3, (dice, world) => ({ ...policy('share', 'POST', '/api/shares', { object: 'deal', id: dice.pick(world.ids.deal),
    to: { kind: 'user', id: dice.pick(sellers).id }, level: dice.pick(['read', 'edit']) }), who: 'manager', object: 'share' })],
  [3, (dice, _world, { shares }) => shares.length === 0 ? null
    : { ...policy('unshare', 'DELETE', `/api/shares/${take(dice, shares)}`), who: 'manager' }],
  [3, (dice, _world, { restrictions }) => restrictions.length > 1 ? null : { ...policy('restrict', 'POST', '/api/restrictions', {
    name: `Hidden ${dice.int(0, 1e9)}`, object: 'deal', criteria: { stage: dice.pick(STAGES), amount: { gte: 20_000 } },
    except: [builtInRoleId('sales_manager'), builtInRoleId('administrator')] }), object: 'restriction' }],
  [2, (dice, _world, { restrictions }) => restrictions.length === 0 ? null
    : policy('unrestrict', 'DELETE', `/api/restrictions/${take(dice, restrictions)}`)],
  [3, (dice) => policy('end sessions', 'DELETE', `/api/users/${dice.pick([...sellers, ...agents]).id}/sessions`)],
]; // prettier-ignore

/** One that can be done, by chance. */
export function drawDeed(kind: 'work' | 'ruling', dice: Dice, world: World, made: Made, mark: string): Deed {
  const drawn = kind === 'work' ? WORK : RULING;
  const sum = drawn.reduce((total, [weight]) => total + weight, 0);
  for (;;) {
    let at = dice.next() * sum;
    const found = drawn.find(([weight]) => (at -= weight) < 0);
    const deed = found?.[1](dice, world, made, mark);
    if (deed) return deed;
  }
}

/** What takes something from somebody: for the times when a node must not be told late. */
export function drawRevocation(dice: Dice): Deed {
  const { id } = dice.pick(sellers);
  return dice.chance(0.5)
    ? policy('end sessions', 'DELETE', `/api/users/${id}/sessions`)
    : policy(
        'take role',
        'DELETE',
        `/api/assignments?user=${id}&role=${builtInRoleId('sales_representative')}`,
      );
}

/** The next step of a deal, by whoever has it. */
export const aStep = (dice: Dice, made: Made, mark: string): Deed =>
  ofOwner(dice, made, (who, id) => patch('step', who, 'deal', id, 'next_step', mark));

/** By whoever has it. */
function ofOwner(dice: Dice, { owners }: Made, make: (who: { id: string }, deal: string) => Deed): Deed {
  const [deal, id] = dice.pick([...owners]);
  return make({ id }, deal);
}

const PLURAL: Record<string, string> = { deal: 'deals', company: 'companies', ticket: 'tickets' };

const patch = (
  verb: string,
  who: Deed['who'],
  object: string,
  id: string,
  field: string,
  mark: string,
  more: Record<string, unknown> = {},
): Deed => ({
  verb,
  who,
  method: 'PATCH',
  path: `/api/${PLURAL[object] ?? object}/${id}`,
  body: { [field]: mark, ...more },
  object,
  id,
  mark: { field, text: mark },
});

const create = (
  verb: string,
  who: Deed['who'],
  object: string,
  path: string,
  field: string,
  mark: string,
  more: Record<string, unknown> = {},
): Deed => ({
  verb,
  who,
  method: 'POST',
  path,
  body: { [field]: mark, ...more },
  object,
  mark: { field, text: mark },
});

const policy = (
  verb: string,
  method: Deed['method'],
  path: string,
  body?: Record<string, unknown>,
): Deed => ({
  verb,
  who: 'administrator',
  method,
  path,
  ...(body && { body }),
});

function take(dice: Dice, from: string[]): string {
  const id = dice.pick(from);
  from.splice(from.indexOf(id), 1);
  return id;
}
