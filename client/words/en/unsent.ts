const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What has not reached the server yet, as the frame around all pages tells of it. */
export const unsentEn = {
  /** Beside "Offline since 10:12". */
  short: (n: number) => count(n, 'change waits', 'changes wait'),
  waiting: (n: number) => `${count(n, 'change waits', 'changes wait')} to be sent.`,
  asking: (n: number) => `${count(n, 'change needs', 'changes need')} your decision.`,
  look: 'Look',
  menu: (n: number) => `Unsent changes (${n.toLocaleString('en')})`,
  full: 'You are offline, and there is no room to keep this. Send or discard what waits first.',
  reasons: {
    old: 'Made more than a week ago: decide whether it should still be sent',
    unsure: 'It may have arrived already: look before you send it again',
  },
  sign_out: {
    title: 'Sign out and discard what is unsent?',
    text: (n: number) =>
      `${count(n, 'change has', 'changes have')} not reached the server. Signing out discards ${n === 1 ? 'it' : 'them'}.`,
    confirm: 'Sign out',
    look: 'Look at what waits',
  },
  kept: (n: number) =>
    `${count(n, 'change', 'changes')} made offline ${n === 1 ? 'is' : 'are'} kept in this browser, and sent when you sign in again.`,
  not_sent_yet: 'Kept, and sent once you are online again',
  /** Done, but not yet on the server. */
  later: (done: string) => `${done}, once you are online`,
};
