import { asking, mayAskFor, type Wanted } from '../stores/asking.svelte.ts';
import { notify } from '../stores/notice.ts';
import { session } from '../stores/session.svelte.ts';
import { router } from '../stores/router.svelte.ts';
import { t } from '../words/index.ts';
import { w } from './thread/w.ts';

/** Asks for what is not in this person's role; where that is about no one record, says how to come by it. */
export function ask(what: string, wanted?: Required<Pick<Wanted, 'object' | 'id'>> & Wanted): void {
  if (wanted && mayAskFor(session.registry.get(wanted.object))) {
    asking.ask(wanted);
    return;
  }
  notify({
    title: w.locked.ask_title(what),
    text: w.locked.ask_text,
    action: { label: t.nav.my_role, run: () => router.go('/me') },
    timeout_ms: 12_000,
  });
}
