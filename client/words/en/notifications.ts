/** What the bell and its list say. */
export const notificationsEn = {
  title: 'Notifications',
  unread: (n: number) => (n === 1 ? '1 unread' : `${n} unread`),
  mention: (who: string) => `${who} mentioned you`,
  assigned: (who: string) => `${who} gave you a ticket`,
  somebody: 'Somebody',
  gone: 'no longer yours to see',
  all_read: 'Mark all as read',
  mark_read: 'Mark as read',
  open: 'Open',
  none: 'Nothing new',
  none_text: 'When a colleague mentions you in a note or gives you a ticket, it stands here.',
  older: 'Show more',
};
