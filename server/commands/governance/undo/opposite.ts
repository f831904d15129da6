import { isDeepStrictEqual } from 'node:util';
import type { RolePolicy } from '../../../../shared/access/index.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import {
  alreadyDone,
  baselineAnswerSchema,
  invalid,
  notFound,
  versionConflict,
  type AssignmentAnswer,
  type RestrictionInput,
  type ShareInput,
  type SharingRuleInput,
} from '../../../../shared/protocol/index.ts';
import { holdPolicy } from '../../../access/accessLog.ts';
import { readShares } from '../../../access/rules.ts';
import type { Json, TrailEntry } from '../../../identity/policyTrail.ts';
import { fetchImage } from '../../../records/imageSql.ts';
import type { Act } from '../../perform.ts';
import { alterRecord } from '../../records/alterRecord.ts';
import { parseValues } from '../../records/request.ts';
import { assignmentOf, giveRole, holderIn, type Giving } from '../assignRole.ts';
import { putIntoTeams, teamsOf } from '../people/setTeams.ts';
import { policyOf } from '../policy.ts';
import { restrictionAnswer, sharingRuleAnswer, trailOfRestriction, trailOfRule } from '../rules/answers.ts';
import { addRole } from '../createRole.ts';
import { dropRole } from '../deleteRole.ts';
import { putApprovals } from '../approvals/setApprovals.ts';
import { baselineOf, openedObject, putBaseline } from '../setBaseline.ts';
import { addRestriction } from '../rules/createRestriction.ts';
import { addSharingRule } from '../rules/createSharingRule.ts';
import { alterRestriction, dropRestriction } from '../rules/updateRestriction.ts';
import { alterSharingRule, dropSharingRule } from '../rules/updateSharingRule.ts';
import { give } from '../shares/giveShare.ts';
import { take } from '../shares/takeShare.ts';
import { putRule, ruleOf, type Criteria } from '../territories/setRule.ts';
import { takeRole } from '../unassignRole.ts';
import { changeRole, roleAnswer } from '../updateRole.ts';

// What takes a change back is the opposite change, made by the command that makes such changes: with its checks, its
// line in the trail, and its news to the nodes. Each first makes sure that things are as the change left them.

/** What an entry says was there before and after it: what kind of thing that is its action tells. */
type Opposite = (act: Act, entry: TrailEntry & { target_id: string }) => Promise<unknown>;

/** @throws ApiError as the opposite command, and `version_conflict` where something was changed since */
export async function takeBack(act: Act, entry: TrailEntry): Promise<void> {
  if (entry.action === 'role.baseline') return baselineBack(act, entry);
  if (entry.action === 'role.approvals') {
    await putApprovals(act, entry.before?.['approvals'] === true);
    return;
  }
  const opposite = OPPOSITES[entry.action];
  if (!opposite || entry.target_id === null) throw invalid({ id: 'Such a change cannot be taken back' });
  await opposite(act, { ...entry, target_id: entry.target_id });
}

const OPPOSITES: Readonly<Record<string, Opposite>> = {
  'role.create': async (act, { target_id, after }) => {
    await roleAs(act, target_id, after);
    await dropRole(act, target_id);
  },
  'role.delete': (act, { target_id, before }) => addRole(act, target_id, policyIn(before)),
  'role.update': async (act, { target_id, before, after }) => {
    const { version } = await roleAs(act, target_id, after);
    await changeRole(act, target_id, policyIn(before), version);
  },
  'role.assign': async (act, { before, after }) => {
    const held = must(after, 'what was assigned');
    await mustHold(act, held, held);
    await (before ? giveRole(act, givenIn(before)) : takeRole(act, givenIn(held)));
  },
  'role.unassign': async (act, { before }) => {
    const held = must(before, 'what was taken away');
    await mustHold(act, held, null);
    await giveRole(act, givenIn(held));
  },
  'user.update': alterBack,
  'user.teams': async (act, { target_id, before, after }) => {
    await holdPolicy(act.tx);
    const now = await teamsOf(act, target_id);
    mustBe(after, { teams: now.teams }, now);
    await putIntoTeams(act, target_id, before?.['teams'] as string[]);
  },
  'team.update': alterBack,
  'territory.update': alterBack,
  'territory.rule': async (act, { target_id, before, after }) => {
    const now = await ruleOf(act, target_id);
    mustBe(after, { criteria: now }, { criteria: now });
    await putRule(act, target_id, (before?.['criteria'] ?? null) as Criteria);
  },
  'queue.update': alterBack,
  'sharing_rule.create': async (act, { target_id, after }) => {
    const { version } = await ruleAs(act, target_id, after);
    await dropSharingRule(act, target_id, version);
  },
  'sharing_rule.update': async (act, { target_id, before, after }) => {
    const { version } = await ruleAs(act, target_id, after);
    const { object: _, ...patch } = ruleIn<SharingRuleInput>(before);
    await alterSharingRule(act, target_id, { ...patch, version });
  },
  'sharing_rule.delete': (act, { target_id, before }) =>
    addSharingRule(act, target_id, ruleIn<SharingRuleInput>(before)),
  'restriction.create': async (act, { target_id, after }) => {
    const { version } = await restrictionAs(act, target_id, after);
    await dropRestriction(act, target_id, version);
  },
  'restriction.update': async (act, { target_id, before, after }) => {
    const { version } = await restrictionAs(act, target_id, after);
    const { object: _, ...patch } = ruleIn<RestrictionInput>(before);
    await alterRestriction(act, target_id, { ...patch, version });
  },
  'restriction.delete': (act, { target_id, before }) =>
    addRestriction(act, target_id, ruleIn<RestrictionInput>(before)),
  'share.give': async (act, entry) => {
    const given = must(entry.after, 'what was given');
    const [now] = await readShares(act.tx, { id: String(given['id']) });
    if (!now) throw alreadyDone('This share has ended or was taken back');
    await take(act, now.id);
    if (entry.before) await giveAgain(act, entry, entry.before);
  },
  'share.take': async (act, entry) => {
    const taken = must(entry.before, 'what was taken back');
    const shares = await readShares(act.tx, { object: entry.object, record: entry.target_id });
    const other = shares.find(({ to }) => isDeepStrictEqual(to, taken['to']));
    if (other) throw versionConflict(other);
    await giveAgain(act, entry, taken);
  },
};

/** What everyone may do: of an object, which has no id. */
async function baselineBack(act: Act, { before, after }: TrailEntry): Promise<void> {
  await act.mustHold('manage_roles');
  const was = baselineAnswerSchema.parse(before);
  const now = { object: was.object, baseline: await baselineOf(act, was.object) };
  mustBe(after, now, now);
  await putBaseline(act, openedObject(act.app.registry, was.object), was.baseline);
}

async function giveAgain(
  act: Act,
  { object, target_id }: { object: string; target_id: string },
  share: Json,
) {
  // As `giveShare` wrote it.
  const { to, level, ends_at } = share as unknown as ShareInput;
  await give(act, act.app.registry.get(object), newId(), { object, id: target_id, to, level, ends_at });
}

/** Fields of a record as they were: those that people write. */
async function alterBack(act: Act, { object: name, target_id, before, after }: Parameters<Opposite>[1]) {
  const { tx, app } = act;
  const object = app.registry.get(name);
  const now = await fetchImage(tx, object, target_id, { lock: false });
  if (!now) throw notFound();
  const names = Object.keys(before ?? {}).filter((field) => object.fields[field]?.system === false);
  mustBe(only(after, names), only(now as unknown as Json, names), null);
  await alterRecord(act, object, target_id, parseValues(object, only(before, names)), now.version);
}

const only = (values: Json | null, names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, values?.[name] ?? null]));

async function roleAs(act: Act, id: string, after: Json | null) {
  await act.mustHold('manage_roles');
  const now = await roleAnswer(act, id, 'lock');
  mustBe(policyIn(after), policyOf(now), now);
  return now;
}

async function ruleAs(act: Act, id: string, after: Json | null) {
  await act.mustHold('manage_roles');
  const now = await sharingRuleAnswer(act, id);
  mustBe(after, trailOfRule(now), now);
  return now;
}

async function restrictionAs(act: Act, id: string, after: Json | null) {
  await act.mustHold('manage_roles');
  const now = await restrictionAnswer(act, id);
  mustBe(after, trailOfRestriction(now), now);
  return now;
}

/** @throws ApiError `version_conflict` unless the assignment is as the trail has it; null: there is none */
async function mustHold(act: Act, held: Json, as: Json | null): Promise<void> {
  await holdPolicy(act.tx);
  const { role, ...holder } = givenIn(held);
  const now = await assignmentOf(act, holderIn(holder), role);
  const same = (one: Json | null) => one && { ...givenIn(one), starts_at: undefined };
  if (!isDeepStrictEqual(same(now ? { ...now } : null), same(as))) throw versionConflict(now ?? null);
}

// What the trail holds was written by the very commands that now take it back.

const policyIn = (json: Json | null): RolePolicy =>
  policyOf(must(json, 'the policy') as unknown as RolePolicy);
const ruleIn = <T>(json: Json | null): T => must(json, 'the rule') as unknown as T;

/** An assignment as the trail has it; older lines know of people only. */
function givenIn(json: Json): Giving {
  const { user, team, role, within, starts_at, ends_at } = json as unknown as AssignmentAnswer;
  const holder = team ? { team } : { user: must(user, 'who had it') };
  return { ...holder, role, within: within ?? null, starts_at, ends_at };
}

/** @throws ApiError `version_conflict` */
function mustBe(left: unknown, now: unknown, current: unknown): void {
  if (!isDeepStrictEqual(tidy(left), tidy(now))) throw versionConflict(current);
}

/** Without what is not there, and with keys in any order. */
const tidy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
