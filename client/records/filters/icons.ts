import Banknote from '@lucide/svelte/icons/banknote';
import Calendar from '@lucide/svelte/icons/calendar';
import Hash from '@lucide/svelte/icons/hash';
import ListFilter from '@lucide/svelte/icons/list-filter';
import Percent from '@lucide/svelte/icons/percent';
import Tag from '@lucide/svelte/icons/tag';
import type { Field } from '../../../shared/fields/index.ts';
import type { IconType } from '../../ui/types.ts';
import { objectIcon } from '../objectIcon.ts';

/** The sign of a field in a filter. */
export function fieldIcon(field: Field): IconType {
  if (field.target !== null) return objectIcon(field.target);
  return ICONS[field.kind] ?? ListFilter;
}
const ICONS: Partial<Record<Field['kind'], IconType>> = {
  date: Calendar,
  instant: Calendar,
  money: Banknote,
  percent: Percent,
  integer: Hash,
  choice: Tag,
  stage: Tag,
};
