import { notify } from '../stores/notice.ts';
import { router } from '../stores/router.svelte.ts';
import { t } from '../words/index.ts';
import { w } from './thread/w.ts';

/** Says how to come by what is not in this person's role. */
export function ask(what: string): void {
  notify({
    title: w.locked.ask_title(what),
    text: w.locked.ask_text,
    action: { label: t.nav.my_role, run: () => router.go('/me') },
    timeout_ms: 12_000,
  });
}
