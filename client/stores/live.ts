import { OfflineError, onLookOver, onSessionOver } from '../net/http.ts';
import { lookAs, looksAs } from '../net/seeAs.ts';
import { connection } from '../net/socket.ts';
import { ApiError } from '../../shared/protocol/errors.ts';
import type { EndReason } from '../../shared/protocol/index.ts';
import { changes } from './changes.svelte.ts';
import { commands } from './commands.svelte.ts';
import { drafts } from './drafts.svelte.ts';
import { names } from './names.svelte.ts';
import { outgoing } from './outgoing.svelte.ts';
import { replica } from './pool.svelte.ts';
import { presence } from './presence.svelte.ts';
import { seeing } from './seeing.ts';
import { isSessionOver, session } from './session.svelte.ts';
import { isShelved } from './unsent/shelf.ts';
import { views } from './views.svelte.ts';
import { onWake } from './wake.ts';

const RETRY_ms = 2_000;
/** A server that only said "no session" may still be about to say why. */
const LAST_WORDS_ms = 1_000;
/** What may outlive a session in this browser: nothing but how it looks and sounds. */
const KEPT = ['theme', 'locale', 'sound', 'details'];
/** A session that ran out by itself, or for no reason told: nobody has decided that it should end. */
const RAN_OUT: readonly (EndReason | null)[] = ['idle', 'expired', null];

/** Joins net and stores; called once, before anything is shown. */
export function start(): void {
  connection.listen({
    connected: () => {
      views.reopen();
      void commands.flush();
      drafts.flush();
      presence.connected();
    },
    lost: () => {
      replica.stale();
      commands.lost();
      presence.lost();
    },
    events: (events) => replica.apply(events),
    // Much has changed, by the rights we know: quietly, as every second of a long bulk brings another.
    resync: (ids, why) => (why === 'much' ? views.reopen(ids, { quietly: true }) : void rightsChanged(ids)),
    presence: (news) => presence.heard(news),
    ended: (reason) => (reason === null ? void confirmEnd() : session.end(reason)),
    lookOver: () => seeing.over(),
  });
  onLookOver(() => seeing.over());
  onSessionOver((error) => session.end(error.details.reason ?? null));
  session.onLeave(wipe);
  session.listenToTabs();
  changes.ofOthersThan(() => session.me?.user.id ?? null);
  onWake((slept) => {
    if (slept) commands.lost();
    connection.wake(slept);
    void commands.flush();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') drafts.flush(true);
  });
  addEventListener('pagehide', () => drafts.flush(true));
  // A page that begins to look goes too, and has to leave what it has begun.
  if (seeing.on) endsWithPage();
  void enter();
}

function endsWithPage(): void {
  addEventListener('pagehide', () => seeing.leave());
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}

/** Finds out who is signed in, and goes live. */
export async function enter(): Promise<void> {
  try {
    await seeing.goOn();
    await session.load();
    goLive();
  } catch (error) {
    if (isSessionOver(error)) session.state = 'signed_out';
    // Whom this tab looked as is gone, or it may not any more.
    else if (looksAs() !== null && error instanceof ApiError && error.code !== 'unavailable') seeing.over();
    else {
      session.state = 'unreachable';
      setTimeout(() => void enter(), RETRY_ms);
    }
  }
}

export function goLive(): void {
  connection.connect();
  names.holdPeople();
  commands.begin(session.actor.userId);
}

// Rights first: what is opened anew is offered and drawn by the rights of now.
async function rightsChanged(ids: string[]): Promise<void> {
  connection.behind();
  try {
    await session.load();
  } catch (error) {
    if (isSessionOver(error)) return;
    if (!(error instanceof OfflineError))
      setTimeout(() => void session.load().catch(() => undefined), RETRY_ms);
  }
  views.reopen(ids, { strict: true });
}

/** A handshake was refused: only the session's own word ends it. */
async function confirmEnd(): Promise<void> {
  await session.load().catch(() => undefined);
}

function wipe(reason: EndReason | null): number {
  // What somebody typed waits for them where their time ran out; an end that was ordered leaves nothing.
  const discarded = commands.leave(RAN_OUT.includes(reason));
  outgoing.clear();
  drafts.clear();
  presence.clear();
  names.clear();
  views.clear();
  replica.clear();
  changes.clear();
  lookAs(null);
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage))
      if (!KEPT.includes(key) && !isShelved(key)) storage.removeItem(key);
  }
  if (reason !== null) connection.disconnect();
  else setTimeout(() => session.state !== 'signed_in' && connection.disconnect(), LAST_WORDS_ms);
  return discarded;
}
