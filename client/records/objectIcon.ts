import Box from '@lucide/svelte/icons/box';
import Building2 from '@lucide/svelte/icons/building-2';
import Inbox from '@lucide/svelte/icons/inbox';
import Package from '@lucide/svelte/icons/package';
import Kanban from '@lucide/svelte/icons/square-kanban';
import Users from '@lucide/svelte/icons/users-round';
import type { IconType } from '../ui/types.ts';

/** The sign of an object, in the rail and wherever a field leads to one. */
export const objectIcon = (name: string): IconType => ICONS[name] ?? Box;

const ICONS: Readonly<Record<string, IconType>> = {
  ticket: Inbox,
  deal: Kanban,
  company: Building2,
  contact: Users,
  user: Users,
  team: Users,
  product: Package,
};
