import { Replica } from '../../../client/stores/replica.ts';
import type { Window } from '../../../client/stores/window.ts';
import type { LiveNode } from '../../../server/fanout/node.ts';
import { open } from '../../../server/fanout/opening.ts';
import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { ApiError, parseView, type OpenAnswer, type ViewRequest } from '../../../shared/protocol/index.ts';
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
  readonly subscriber: Subscriber;
  /** What was thrown that is no refusal: a defect. */
  readonly failures: unknown[] = [];
  busy = 0;
  ended: string | undefined;
  /** How often each view was opened. */
  readonly opens = new Map<string, number>();

  constructor(
    readonly node: LiveNode,
    readonly userId: string,
    actor: Subscriber['actor'],
    sessionId = newId(),
  ) {
    this.subscriber = newSubscriber({
      id: newId(),
      userId,
      sessionId,
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
        queued: () => false,
        congested: () => false,
      },
    });
    node.subscribers.add(this.subscriber);
  }

  async open(id: string): Promise<void> {
    const request = this.views.get(id);
    if (!request) return;
    this.busy++;
    this.opens.set(id, (this.opens.get(id) ?? 0) + 1);
    if (!this.replica.window(id))
      this.replica.add(id, parseView(registry.get(request.object), request), false);
    const asked = this.replica.ask();
    await open(this.node, this.subscriber, { id, view: request }, (answer: OpenAnswer) => {
      this.bytes.push(JSON.stringify(answer));
      this.replica.opened(id, asked, structuredClone(answer));
    }).catch((error: unknown) => {
      if (!(error instanceof ApiError)) this.failures.push(error);
      // Rights changed five times meanwhile, or a field of the filter is no longer readable: what a client does then.
      this.replica.refused(id, asked);
      this.views.delete(id);
    });
    this.busy--;
  }

  close(id: string): void {
    this.views.delete(id);
    this.subscriber.views.delete(id);
    this.replica.remove(id);
  }
}
