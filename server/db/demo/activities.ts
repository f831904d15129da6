import { DAY_ms, HOUR_ms } from '../../../shared/lib/time.ts';
import type { Customers, Numbered } from './customers.ts';
import type { Deal } from './deals.ts';
import { PEOPLE, personNamed, TEAMS, type DemoPerson } from './people.ts';
import { demoId, type Calendar, type Chance } from './random.ts';
import { PAST, PLANNED } from './words.ts';

const SUPPORT = PEOPLE.filter(({ team, active }) => team === 'support' && active);

/** About 1,200 calls, meetings, e-mails, notes and tasks: what was done with deals and customers, and what is planned. */
export function makeActivities(
  { companies, contacts }: Customers,
  deals: readonly Deal[],
  calendar: Calendar,
  chance: Chance,
): Numbered[] {
  const made: Omit<Numbered, 'id'>[] = [];
  for (const deal of deals) {
    const about = { deal: deal.record.id, contact: deal.contact.record.id };
    const names = { who: deal.contact.name, company: deal.company.name };
    const until = deal.open ? calendar.now.getTime() : Date.parse(deal.since);
    for (let left = chance.int(1, deal.open ? 4 : 3); left > 0; left -= 1) {
      const at = between(Date.parse(deal.createdAt), until, chance);
      made.push(past(about, names, chance.happens(0.85) ? deal.owner : helperOf(deal, chance), at, chance));
    }
    if (!deal.open || chance.happens(0.4)) continue;
    const at = between(Math.max(Date.parse(deal.createdAt), until - 6 * DAY_ms), until, chance);
    made.push(planned(about, names, deal.owner, at, calendar, chance));
  }
  for (const company of companies) {
    for (let left = chance.int(0, 3); left > 0; left -= 1) {
      const who = chance.happens(0.6) ? company.owner : chance.pick(SUPPORT);
      const names = { who: 'them', company: company.name };
      made.push(
        past({ company: company.record.id }, names, who, calendar.moment(chance.int(1, 120), chance), chance),
      );
    }
  }
  for (const contact of contacts.filter((_, i) => i % 4 === 0)) {
    const names = { who: contact.name, company: contact.company.name };
    made.push(
      past(
        { contact: contact.record.id },
        names,
        chance.pick(SUPPORT),
        calendar.moment(chance.int(1, 90), chance),
        chance,
      ),
    );
  }
  return made
    .sort((a, b) => String(a.at).localeCompare(String(b.at)))
    .map((activity, i) => ({ ...activity, id: demoId('activity', i + 1) }));
}

type About = Record<string, string>;
interface Said {
  who: string;
  company: string;
}

function past(about: About, names: Said, by: DemoPerson, at: string, chance: Chance): Omit<Numbered, 'id'> {
  const kind = chance.pick(['call', 'call', 'email', 'email', 'meeting', 'note', 'task'] as const);
  const { subject, body } = chance.pick(PAST[kind]);
  const minutes =
    kind === 'call' ? chance.int(3, 34) : kind === 'meeting' ? chance.pick([30, 45, 60, 90, 120]) : null;
  const values = {
    ...about,
    done_at: kind === 'note' ? null : at,
    kind,
    subject: say(subject, names),
    body: body && say(body, names),
    duration_min: minutes,
    assignee: by.id,
  };
  return { values, at, actorId: by.id };
}

/** Due within two weeks; some are late. */
function planned(
  about: About,
  names: Said,
  by: DemoPerson,
  at: string,
  calendar: Calendar,
  chance: Chance,
): Omit<Numbered, 'id'> {
  const kind = chance.pick(['call', 'call', 'meeting', 'email', 'task'] as const);
  const due_at = calendar.moment(chance.happens(0.15) ? chance.int(1, 5) : -chance.int(0, 14), chance);
  const values = { ...about, kind, subject: say(chance.pick(PLANNED[kind]), names), due_at, assignee: by.id };
  return { values, at, actorId: by.id };
}

function helperOf({ owner }: Deal, chance: Chance): DemoPerson {
  const team = PEOPLE.filter(
    (person) => person.team === owner.team && person.active && person.id !== owner.id,
  );
  return team.length > 0 ? chance.pick(team) : personNamed(TEAMS.north.lead);
}

const between = (from_ms: number, to_ms: number, chance: Chance): string =>
  new Date(
    Math.min(to_ms, Math.round(from_ms + chance.next() * Math.max(HOUR_ms, to_ms - from_ms))),
  ).toISOString();

const say = (text: string, { who, company }: Said): string =>
  text.replaceAll('{who}', who).replaceAll('{company}', company);
