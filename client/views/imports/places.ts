import type { ObjectDef } from '../../../shared/objects/index.ts';
import { matchRoute } from '../routes.ts';

/** The list of an object's records; null where it has none. */
export const listOf = ({ plural }: ObjectDef): string | null =>
  matchRoute(`/${plural}`) ? `/${plural}` : null;
