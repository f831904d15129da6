import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { App } from '../lib/app.ts';
import { findMasked } from '../records/readView.ts';

/** One record as the actor may see it; null alike for one that is not there and one that is not theirs to see. */
export const findRecord = (
  app: App,
  actor: Actor,
  object: ObjectDef,
  id: string,
): Promise<MaskedRecord | null> => findMasked(app.sql, actor, app.registry, object, id);
