import { activity } from './activity.ts';
import { channel } from './channel.ts';
import { company } from './company.ts';
import { contact } from './contact.ts';
import { deal } from './deal.ts';
import type { ObjectDef } from './define.ts';
import { dataImport } from './import.ts';
import { message, note } from './message.ts';
import { notification } from './notification.ts';
import { pipeline } from './pipeline.ts';
import { product } from './product.ts';
import { queue } from './queue.ts';
import { session } from './session.ts';
import { tag } from './tag.ts';
import { team } from './team.ts';
import { territory } from './territory.ts';
import { ticket } from './ticket.ts';
import { user } from './user.ts';

export * from './define.ts';
export * from './registry.ts';

/** Every object of the product, one line each. */
export const OBJECTS: readonly ObjectDef[] = [
  user,
  team,
  territory,
  pipeline,
  company,
  contact,
  product,
  deal,
  activity,
  queue,
  channel,
  tag,
  ticket,
  message,
  note,
  notification,
  session,
  dataImport,
];
