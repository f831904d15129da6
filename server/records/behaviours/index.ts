import { activity } from './activity.ts';
import type { Behaviour } from './behaviour.ts';
import { channel } from './channel.ts';
import { company } from './company.ts';
import { deal } from './deal.ts';
import { pipeline } from './pipeline.ts';
import { queue } from './queue.ts';
import { tag } from './tag.ts';
import { team } from './team.ts';
import { territory } from './territory.ts';
import { message, note } from './thread.ts';
import { ticket } from './ticket.ts';
import { user } from './user.ts';

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  user,
  team,
  territory,
  pipeline,
  company,
  deal,
  activity,
  queue,
  channel,
  tag,
  ticket,
  message,
  note,
};

/** What an object does beyond keeping its fields; most do nothing. */
export const behaviourOf = (object: string): Behaviour =>
  Object.hasOwn(BEHAVIOURS, object) ? BEHAVIOURS[object]! : {};
