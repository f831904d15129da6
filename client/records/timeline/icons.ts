import Calendar from '@lucide/svelte/icons/calendar';
import ListTodo from '@lucide/svelte/icons/list-todo';
import Mail from '@lucide/svelte/icons/mail';
import Phone from '@lucide/svelte/icons/phone';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import type { IconType } from '../../ui/types.ts';

const ICONS: Record<string, IconType> = {
  call: Phone,
  email: Mail,
  meeting: Calendar,
  task: ListTodo,
  note: StickyNote,
};

/** The sign of a kind of activity. */
export const activityIcon = (kind: string): IconType => ICONS[kind] ?? Calendar;
