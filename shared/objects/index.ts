import { activity } from './activity.ts';
import { company } from './company.ts';
import { contact } from './contact.ts';
import { deal } from './deal.ts';
import type { ObjectDef } from './define.ts';
import { pipeline } from './pipeline.ts';
import { session } from './session.ts';
import { team } from './team.ts';
import { user } from './user.ts';

export * from './define.ts';
export * from './registry.ts';

/** Every object of the product, one line each. */
export const OBJECTS: readonly ObjectDef[] = [
  user,
  team,
  pipeline,
  company,
  contact,
  deal,
  activity,
  session,
];
