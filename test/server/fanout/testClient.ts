import { Replica } from '../../../client/stores/replica.ts';
import { told, wholePage } from '../../../client/stores/resume.ts';
import type { Window } from '../../../client/stores/window.ts';
import type { LiveNode } from '../../../server/fanout/node.ts';
import { more, open } from '../../../server/fanout/opening.ts';
import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import {
  ApiError,
  parseView,
  type OpenAnswer,
  type OpenRequest,
  type ViewRequest,
} from '../../../shared/protocol/index.ts';
import { registry } from './world.ts';

/** The browser's own replica, joined to a node without a wire; notes every byte it is sent. */
export class TestClient {
  readonly bytes: string[] = [];
  readonly views = new Map<string, ViewRequest>();
  readonly windows = new Map<string, Pick<Window, 'rows' | 'next' | 'totals'>>();
  readonly replica = new Replica({
    record: () => undefined,
    changed: () => undefined,
    view: (window) => void this.windows.set(window.id, window),
  });
  subscriber: Subscriber;
  node: LiveNode;
  readonly userId: string;
  readonly sessionId: string;
  /** What was thrown that is no refusal: a defect. */
  readonly failures: unknown[] = [];
  busy = 0;
  ended: string | undefined;
  /** How often each view was opened. */
  readonly opens = new Map<string, number>();
  /** What each view was opened with last, and what was answered. */
  readonly last = new Map<string, { message: OpenRequest; answer: OpenAnswer }>();
  readonly answers: OpenAnswer[] = [];
  /** It does not read what it is sent. */
  slow = false;
  /** Answers that held the differences only, and how many rows these left out. */
  readonly resumed = { answers: 0, spared: 0 };
  readonly #attempts = new Map<string, number>();

  constructor(node: LiveNode, userId: string, actor: Subscriber['actor'], sessionId = newId()) {
    this.node = node;
    this.userId = userId;
    this.sessionId = sessionId;
    this.subscriber = this.#join(actor);
  }

  /** The line breaks: nothing of before arrives any more. What is held stays, and may be out of date. */
  break(): void {
    this.node.subscribers.remove(this.subscriber);
    this.replica.stale();
    for (const id of this.views.keys()) this.#attempt(id);
  }

  get away(): boolean {
    return this.subscriber.closed;
  }

  /** A new line, to this node; nothing is heard before `actor` has been read once more, as at the program's own door. */
  async comeBack(node: LiveNode, actor: () => Promise<Subscriber['actor']>): Promise<void> {
    const first = await actor();
    this.node = node;
    const subscriber = (this.subscriber = this.#join(first));
    subscriber.muted = true;
    const opened = this.openAll();
    const again = await actor();
    if (subscriber.generation === 0) Object.assign(subscriber, { actor: again, muted: false });
    await opened;
  }

  openAll = (): Promise<unknown> => Promise.all([...this.views.keys()].map((id) => this.open(id)));

  #join(actor: Subscriber['actor']): Subscriber {
    const subscriber = newSubscriber({
      id: newId(),
      userId: this.userId,
      sessionId: this.sessionId,
      actor,
      outlet: {
        emit: (events) => {
          // What a client gets has been through JSON; nothing may be shared with the server.
          this.bytes.push(JSON.stringify(events));
          this.replica.apply(structuredClone(events));
        },
        resync: (views) => {
          this.replica.stale(views);
          for (const id of views) void this.open(id);
        },
        presence: () => undefined,
        end: (reason) => void (this.ended = reason),
        drop: () => undefined,
        queued: () => this.slow,
        congested: () => this.slow,
      },
    });
    this.node.subscribers.add(subscriber);
    return subscriber;
  }

  #attempt(id: string): number {
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    return attempt;
  }

  /** As the program does: what is held of the view is named, and an answer to a former attempt is thrown away. */
  async open(id: string): Promise<void> {
    const request = this.views.get(id);
    if (!request) return;
    const attempt = this.#attempt(id);
    const { node, subscriber } = this;
    this.busy++;
    this.opens.set(id, (this.opens.get(id) ?? 0) + 1);
    const view = parseView(registry.get(request.object), request);
    if (!this.replica.window(id)) this.replica.add(id, view, false);
    const held = this.replica.resume(id);
    const message: OpenRequest = { id, view: request, ...(held && told(held)) };
    const asked = this.replica.ask();
    await open(node, subscriber, message, (answer: OpenAnswer) => {
      this.bytes.push(JSON.stringify(answer));
      this.answers.push(answer);
      this.last.set(id, { message, answer });
      if (attempt !== this.#attempts.get(id)) return this.replica.abandon(asked);
      if (!answer.reset) this.resumed.answers++;
      const page = wholePage(view, structuredClone(answer), held);
      this.resumed.spared += page.rows.length - answer.rows.length;
      this.replica.opened(id, asked, page);
    }).catch((error: unknown) => {
      if (!(error instanceof ApiError)) this.failures.push(error);
      if (attempt !== this.#attempts.get(id)) return this.replica.abandon(asked);
      // Rights changed five times meanwhile, or a field of the filter is no longer readable: what a client does then.
      this.replica.refused(id, asked);
      this.views.delete(id);
    });
    this.busy--;
  }

  /** The rows after those loaded. */
  async more(id: string): Promise<void> {
    const after = must(this.windows.get(id)?.next, 'more rows');
    const asked = this.replica.ask();
    await more(this.node, this.subscriber, { id, after }, (answer) =>
      this.replica.continued(id, asked, structuredClone(answer)),
    );
  }

  close(id: string): void {
    this.#attempt(id);
    this.views.delete(id);
    this.subscriber.views.delete(id);
    this.replica.remove(id);
  }
}
