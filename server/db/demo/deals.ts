import { DAY_ms, MINUTE_ms } from '../../../shared/lib/time.ts';
import type { Values } from '../../records/columns.ts';
import type { Company, Contact, Customers, Numbered } from './customers.ts';
import { personNamed, SELLERS, TEAMS, type DemoPerson } from './people.ts';
import { PIPELINES, type DemoPipeline } from './pipelines.ts';
import { demoId, type Calendar, type Chance } from './random.ts';
import { CAMPAIGNS, LOST_REASONS, NEW_TITLES, NEXT_STEPS, RENEWAL_TITLES } from './words.ts';

/** One thing that happened to a deal. */
interface Step {
  at: string;
  actorId: string;
  values: Values;
}

export interface Deal {
  record: Numbered;
  /** In the order of time. */
  steps: Step[];
  owner: DemoPerson;
  company: Company;
  contact: Contact;
  createdAt: string;
  /** Where it is open, still. */
  open: boolean;
  /** When it came to where it is. */
  since: string;
}

/** The newest have their whole way told; the others come to their stage in one step. */
const TOLD_DAYS = 30;

/** 400 deals in two pipelines, spread over stages as a real board is: many young ones, some that have gone stale. */
export function makeDeals(customers: Customers, calendar: Calendar, chance: Chance): Deal[] {
  let n = 0;
  return PIPELINES.flatMap((pipeline) =>
    Object.entries(pipeline.deals).flatMap(([stage, count]) =>
      Array.from({ length: count }, () => makeDeal(pipeline, stage, ++n, customers, calendar, chance)),
    ),
  );
}

function makeDeal(
  pipeline: DemoPipeline,
  stage: string,
  n: number,
  { companies, contacts }: Customers,
  calendar: Calendar,
  chance: Chance,
): Deal {
  const open = pipeline.stages.some(({ key, kind }) => key === stage && kind === 'open');
  const days = daysInStage(open, chance);
  const owner = chance.pick(SELLERS.filter(({ active }) => active || (!open && days > 60)));
  const company = chance.pick(companies.filter(({ team }) => team === owner.team));
  const contact = chance.pick(contacts.filter((one) => one.company === company));
  const way = wayTo(pipeline, stage, chance);
  const moments = momentsOf(way.length, days, calendar, chance);
  const createdAt = moments[0] ?? calendar.moment(days, chance);

  const created = valuesAtFirst(pipeline, owner, company, contact, open ? -days : days, calendar, chance);
  const told = days <= TOLD_DAYS;
  const later = way.slice(1).map((key, i): Step => {
    const values = { stage: key, ...valuesAt(pipeline, key, created, calendar, chance) };
    return {
      at: moments[i + 1] ?? createdAt,
      actorId: chance.happens(0.1) ? leaderOf(owner) : owner.id,
      values,
    };
  });
  const steps = told ? withNews(later, createdAt, created, owner, calendar, chance) : atOnce(later);
  const record = { id: demoId('deal', n), values: created, at: createdAt, actorId: owner.id };
  return { record, steps, owner, company, contact, createdAt, open, since: moments.at(-1) ?? createdAt };
}

/** Open ones are seldom older than a month in their stage; closed ones reach back for a while. */
function daysInStage(open: boolean, chance: Chance): number {
  if (!open) return chance.happens(0.15) ? chance.int(0, 4) : chance.int(2, 150);
  if (chance.happens(0.12)) return chance.int(18, 40);
  return Math.min(chance.int(0, 16), chance.int(0, 16));
}

/** The stages it went through. One that was lost may have been lost at any of them. */
function wayTo({ stages }: DemoPipeline, last: string, chance: Chance): string[] {
  const opened = stages.filter(({ kind }) => kind === 'open').map(({ key }) => key);
  const at = opened.indexOf(last);
  if (at >= 0) return opened.slice(0, at + 1);
  const lost = stages.some(({ key, kind }) => key === last && kind === 'lost');
  return [...opened.slice(0, lost ? chance.int(1, opened.length) : opened.length), last];
}

/** When it came to each of its stages, the last so many days ago. */
function momentsOf(count: number, days: number, calendar: Calendar, chance: Chance): string[] {
  const moments: string[] = [];
  let ago = days;
  for (let i = 0; i < count; i += 1) {
    const moment = calendar.moment(ago, chance);
    const next = moments[0];
    // Two stages on one day: then in their order.
    const last_ms = next === undefined ? Infinity : Date.parse(next) - 20 * MINUTE_ms;
    moments.unshift(new Date(Math.min(Date.parse(moment), last_ms)).toISOString());
    ago += chance.int(1, 16);
  }
  return moments;
}

function valuesAtFirst(
  pipeline: DemoPipeline,
  owner: DemoPerson,
  company: Company,
  contact: Contact,
  closes_in: number,
  calendar: Calendar,
  chance: Chance,
): Values {
  const renewal = pipeline.name === 'Renewals';
  const helpers = SELLERS.filter(({ active, id }) => active && id !== owner.id).map(({ id }) => id);
  return {
    title: chance.pick(renewal ? RENEWAL_TITLES : NEW_TITLES),
    amount: chance.happens(0.015) ? chance.int(6, 14) * 100_000 : chance.amount(pipeline.amount),
    pipeline: pipeline.id,
    stage: pipeline.stages[0]?.key ?? null,
    closes_on: chance.happens(0.85) ? closingDay(closes_in, calendar, chance) : null,
    company: company.record.id,
    contact: contact.record.id,
    owner: owner.id,
    participants: chance.happens(0.14) ? [...new Set([chance.pick(helpers), chance.pick(helpers)])] : [],
    source: renewal
      ? 'existing'
      : chance.pick(['web', 'fair', 'referral', 'partner', 'outbound', 'existing']),
    campaign: !renewal && chance.happens(0.35) ? chance.pick(CAMPAIGNS).value : null,
    industry: company.record.values['industry'] ?? null,
  };
}

/** What else is known once it comes to a stage. */
function valuesAt(
  pipeline: DemoPipeline,
  key: string,
  created: Values,
  calendar: Calendar,
  chance: Chance,
): Values {
  const stage = pipeline.stages.find((one) => one.key === key);
  if (stage?.kind === 'lost') return { lost_reason: chance.pick(LOST_REASONS), next_step: null };
  if (stage?.kind === 'won') return { next_step: null };
  return {
    discount: chance.happens(0.5) ? chance.pick([2, 3, 5, 8, 10, 12.5, 15]) : null,
    margin: chance.int(180, 550) / 10,
    next_step: chance.happens(0.6) ? chance.pick(NEXT_STEPS) : null,
    ...(created['closes_on'] === null && stage?.requires.includes('closes_on')
      ? { closes_on: closingDay(-1, calendar, chance) }
      : {}),
  };
}

/** Open ones close in the weeks to come, a few should have by now; closed ones closed about when they were meant to. */
function closingDay(days: number, calendar: Calendar, chance: Chance): string {
  if (days > 0) return calendar.date(-days + chance.int(-10, 10));
  return calendar.date(chance.happens(0.08) ? -chance.int(1, 9) : chance.int(3, 90));
}

/** A change of mind on the way: the sum was another one at first. */
function withNews(
  steps: Step[],
  createdAt: string,
  created: Values,
  owner: DemoPerson,
  calendar: Calendar,
  chance: Chance,
): Step[] {
  const first = steps[0]?.at ?? new Date(Date.parse(createdAt) + DAY_ms).toISOString();
  const between = new Date((Date.parse(createdAt) + Date.parse(first)) / 2).toISOString();
  if (!chance.happens(0.4) || Date.parse(between) > calendar.now.getTime()) return steps;
  const amount = Number(created['amount']);
  created['amount'] = Math.max(50, Math.round((amount * chance.pick([0.6, 0.75, 0.8, 1.2])) / 50) * 50);
  return [{ at: between, actorId: owner.id, values: { amount } }, ...steps];
}

function atOnce(steps: Step[]): Step[] {
  const last = steps.at(-1);
  return last ? [{ ...last, values: Object.assign({}, ...steps.map(({ values }) => values)) as Values }] : [];
}

const leaderOf = ({ team }: DemoPerson): string => personNamed(team ? TEAMS[team].lead : 'ingrid').id;
