import type { RolePolicy } from '../../../shared/access/index.ts';
import type { RoleAnswer } from '../../../shared/protocol/index.ts';

/** The part of a role that is written. */
export const policyOfAnswer = ({
  name,
  purpose,
  grants,
  fields,
  system,
  hands_out = [],
  conflicts = [],
}: RoleAnswer): RolePolicy => ({
  name,
  purpose,
  grants,
  fields,
  system,
  hands_out,
  conflicts,
});
