/** Looking as somebody else, and asking why: what stands on every page. */
export const seeingEn = {
  as_user: (name: string) => `You see what ${name} sees. Nothing can be changed.`,
  as_role: (name: string) =>
    `You see what the role ${name} shows, from your own place. Nothing can be changed.`,
  end: 'End',
  page_title: (name: string, title: string) => `As ${name}: ${title}`,
  hidden: 'hidden',
  begin: 'See as somebody else…',
  why: 'Why do I see this?',
  who: 'Who can see this?',
  ask: 'Ask for access…',
};
