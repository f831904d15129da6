import type { MaskedRecord } from '../../../shared/access/index.ts';
import { ApiError } from '../../../shared/protocol/errors.ts';
import type { Receipt } from '../../../shared/protocol/index.ts';
import { api } from '../../net/http.ts';
import { notify } from '../../stores/notice.ts';
import { commands } from '../../stores/commands.svelte.ts';
import { session } from '../../stores/session.svelte.ts';
import { firstName } from './person.ts';
import { receiptWords } from './receipt.ts';
import { clockTime, t } from '../../words/index.ts';

/** An end that waits to be confirmed, with the words that say what will happen. */
export interface Asking {
  title: string;
  text: string;
  confirm: string;
  act(): Promise<void>;
}

const clock = (iso: string): string => clockTime(new Date(iso), { seconds: true });

/** Ending sessions: asks, acts, and shows the receipt. */
export class Ending {
  asking = $state.raw<Asking | null>(null);

  /** One session; `name` is its person's. */
  one(row: MaskedRecord, name: string): void {
    const own = row['user'] === session.me?.user.id;
    const device = String(row['device'] ?? t.sessions.unknown_device);
    const sockets = Number(row['sockets'] ?? 0);
    if (row.id === session.me?.session.id) {
      const { confirm_self: title, confirm_self_text } = t.sessions;
      const unsent = commands.unsent.length;
      const text = unsent > 0 ? `${confirm_self_text} ${t.unsent.sign_out.text(unsent)}` : confirm_self_text;
      this.asking = { title, text, confirm: t.nav.sign_out, act: () => session.signOut() };
      return;
    }
    this.asking = {
      title: own ? t.sessions.confirm_own(device) : t.sessions.confirm_one(name),
      text: t.sessions.confirm_one_text(device, sockets),
      confirm: t.sessions.confirm(1),
      act: () =>
        this.#end(`/api/sessions/${row.id}`, {}, () =>
          own ? t.sessions.receipt_own : t.sessions.receipt_one(firstName(name)),
        ),
    };
  }

  /** All of a person, `n` of them open now. */
  allOf(user: string, name: string, n: number): void {
    this.asking = {
      title: t.sessions.confirm_all(name, n),
      text: t.sessions.confirm_all_text,
      confirm: t.sessions.confirm(n),
      act: () =>
        this.#end(`/api/users/${user}/sessions`, {}, (ended) =>
          ended === 1
            ? t.sessions.receipt_one(firstName(name))
            : t.sessions.receipt_many(ended, firstName(name)),
        ),
    };
  }

  myOthers(n: number): void {
    this.asking = {
      title: t.sessions.confirm_others,
      text: t.sessions.confirm_others_text,
      confirm: t.sessions.confirm(n),
      act: () =>
        this.#end('/api/sessions', { except: 'current' }, (ended) => t.sessions.receipt_many(ended, null)),
    };
  }

  async #end(path: string, query: Record<string, string>, title: (ended: number) => string): Promise<void> {
    try {
      const receipt = await api.delete<Receipt>(path, query);
      const waits = receipt.receipt.pending.length > 0;
      notify({
        title: title(receipt.ended),
        text: receiptWords(receipt, clock),
        tone: waits ? 'warn' : 'good',
        timeout_ms: 12_000,
      });
    } catch (error) {
      const text = error instanceof ApiError ? t.errors.say(error) : t.errors.offline;
      notify({ title: t.sessions.failed, text, tone: 'bad', timeout_ms: 10_000 });
    }
  }
}
