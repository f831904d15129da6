import { holds, type Actor, type SystemPermission } from '../../shared/access/index.ts';
import { approvalRequired, notAllowed, sessionEnded } from '../../shared/protocol/index.ts';
import { approvalsHold } from '../access/approvals.ts';
import { loadActor } from '../access/loadActor.ts';
import { mayAdminister } from '../access/parts.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { Ender } from '../identity/endSessions.ts';
import { lockSession } from '../identity/sessions.ts';
import { lockVisitor } from '../identity/visitors.ts';
import type { App, Caller, Poke } from '../lib/app.ts';
import type { WriteContext } from '../records/write.ts';

/** What a command works with while its transaction is open. */
export class Act {
  readonly ctx: WriteContext;
  /** Whom to wake after the commit. */
  readonly pokes = new Set<Poke>(['log']);
  /** Whether all of it will be taken back: then nobody else need wait until it is over. */
  isTrial = false;
  /** Whether somebody else has said yes to the change of policy that it makes. */
  isApproved = false;
  /** Whether what it has tried out would have needed that. */
  needsApproval = false;
  #actor: Promise<Actor> | undefined;

  constructor(
    readonly tx: Tx,
    readonly app: App,
    readonly caller: Caller,
  ) {
    // Whatever names an actor means one of our people; of a customer nothing but the ticket tells.
    const actorId = isCustomer(caller) ? null : caller.actor.userId;
    this.ctx = { actorId, requestId: caller.requestId };
  }

  /**
   * The caller with the rights of this moment, read once: ask for them after what is to be changed has been locked,
   * so that no lock is waited for with rights that grow old.
   */
  actor(): Promise<Actor> {
    return (this.#actor ??= loadActor(this.tx, this.caller.actor.userId).then((actor) => {
      if (!actor) throw sessionEnded();
      return actor;
    }));
  }

  /**
   * For what concerns the whole organisation; with `over`, for what is done to these people: then a permission that is
   * limited to a part will do, if they are the part's.
   * @throws ApiError `not_allowed`
   */
  async mustHold(permission: SystemPermission, over?: readonly string[]): Promise<void> {
    const actor = await this.actor();
    const may = over ? await mayAdminister(this.tx, actor, permission, over) : holds(actor, permission);
    if (!may) throw notAllowed(permission);
  }

  /** Whether changes of policy wait for somebody else's yes, and this one has none. */
  async awaitsApproval(): Promise<boolean> {
    return !this.isApproved && (await approvalsHold(this.tx));
  }

  /** For what does: nothing is made of it but a trial, which says so. @throws ApiError `approval_required` */
  waitForApproval(): void {
    if (!this.isTrial) throw approvalRequired();
    this.needsApproval = true;
  }

  /**
   * Does a part of the work that may fail for itself: what it has written is then taken back, and nothing else. What is
   * to be woken afterwards is kept either way.
   */
  async attempt<T>(work: (act: Act) => Promise<T>): Promise<T> {
    const part = this.tx.savepoint(async (tx) => {
      const act = new Act(tx as Tx, this.app, this.caller);
      act.#actor = this.#actor;
      act.isTrial = this.isTrial;
      act.isApproved = this.isApproved;
      const result = await work(act);
      for (const poke of act.pokes) this.pokes.add(poke);
      this.needsApproval ||= act.needsApproval;
      return { result };
    });
    // postgres.js types what it answers as the awaited elements of an array, which is the same for an object.
    return ((await part) as { result: T }).result;
  }

  /** Whoever does it, for the audit trail. */
  get by(): Ender {
    return { ...this.ctx, address: this.caller.address };
  }
}

/**
 * The frame of every command: one transaction, which first makes sure of the caller's session (a customer's token) and
 * holds it open. A throw leaves nothing behind, neither record nor event; after the commit the nodes are woken.
 */
export async function perform<T>(app: App, caller: Caller, work: (act: Act) => Promise<T>): Promise<T> {
  const { result, pokes } = await transaction(app.sql, async (tx) => {
    await (isCustomer(caller) ? lockVisitor(tx, caller) : lockSession(tx, caller));
    const act = new Act(tx, app, caller);
    return { result: await work(act), pokes: act.pokes };
  });
  for (const poke of pokes) app.poke(poke);
  return result;
}

/**
 * The same for work that somebody has left to the program (a file to bring in): nobody need be signed in for it, and it
 * is done with the rights that this person has now.
 * @throws ApiError `session_ended` where the person is not active any more
 */
export async function performFor<T>(
  app: App,
  { userId, requestId }: { userId: string; requestId: string },
  work: (act: Act) => Promise<T>,
): Promise<T> {
  const { result, pokes } = await transaction(app.sql, async (tx) => {
    const actor = await loadActor(tx, userId);
    if (actor?.kind !== 'person') throw sessionEnded();
    // Its rights are read once more when they are asked for: after what is to be changed has been locked.
    const act = new Act(tx, app, { actor, sessionId: '', address: '', requestId });
    return { result: await work(act), pokes: act.pokes };
  });
  for (const poke of pokes) app.poke(poke);
  return result;
}

const isCustomer = ({ actor }: Caller): boolean => actor.kind === 'customer';
