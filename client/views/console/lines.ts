import type { MaskedRecord } from '../../../shared/access/index.ts';
import { CHANGEABLE } from '../../conversations/actions/open.ts';
import { tabsFor, type Asker } from '../../conversations/queue/address.ts';
import { w } from '../../conversations/w.ts';
import { router } from '../../stores/router.svelte.ts';
import { session } from '../../stores/session.svelte.ts';
import { mayDo, mayEdit, text } from '../../stores/values.ts';
import type { Line } from '../palette/palette.svelte.ts';

interface Place {
  queues: readonly MaskedRecord[];
  /** The open one. */
  ticket: MaskedRecord | undefined;
  asker: Asker;
  /** Does what a key of the console does. */
  onkey: (key: string) => void;
}

/** What the console adds to the palette: what its keys do, as far as one may, and its queues. Reactive. */
export function consoleLines({ queues, ticket, asker, onkey }: Place): Line[] {
  const words = w.palette;
  const byKey = (kbd: string, label: string): Line => ({
    value: `key-${kbd === '/' ? 'search' : kbd}`,
    label,
    kbd: kbd.toUpperCase(),
    run: () => onkey(kbd),
  });
  return [
    ...(ticket ? ofTicket(ticket, byKey) : []),
    byKey('j', words.next),
    byKey('k', words.former),
    ...tabsFor(asker).map((tab, i) => byKey(String(i + 1), words.tab(w.tabs[tab]))),
    byKey('/', w.search),
    ...[null, ...queues].map((queue) => ({
      value: `queue-${queue?.id ?? 'all'}`,
      label: queue ? words.queue(String(queue['name'] ?? '—')) : w.all_queues,
      run: () => router.go(router.here({ queue: queue?.id ?? null })),
    })),
  ];
}

function ofTicket(one: MaskedRecord, byKey: (kbd: string, label: string) => Line): Line[] {
  const words = w.palette;
  const { fields } = session.registry.get('ticket');
  const resolved = text(one, 'status') === 'resolved';
  return [
    ...(mayDo(one, 'reply') ? [byKey('r', words.reply)] : []),
    ...(mayDo(one, 'note') ? [byKey('n', words.note)] : []),
    ...(mayEdit(one, 'status') ? [byKey('e', resolved ? w.actions.reopen : w.actions.resolve)] : []),
    ...(one['assignee'] === null && mayEdit(one, 'assignee') ? [byKey('c', w.actions.claim)] : []),
    ...CHANGEABLE.flatMap(({ field, kbd }) =>
      kbd && mayEdit(one, field)
        ? [byKey(kbd.toLowerCase(), words.theirs(fields[field]?.label ?? field))]
        : [],
    ),
  ];
}
