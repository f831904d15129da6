import Coffee from '@lucide/svelte/icons/coffee';
import FileUp from '@lucide/svelte/icons/file-up';
import Headset from '@lucide/svelte/icons/headset';
import Glasses from '@lucide/svelte/icons/glasses';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import CloudUpload from '@lucide/svelte/icons/cloud-upload';
import ShieldUser from '@lucide/svelte/icons/shield-user';
import { api } from '../../net/http.ts';
import { commands } from '../../stores/commands.svelte.ts';
import { names } from '../../stores/names.svelte.ts';
import { SETTINGS } from '../../stores/pages.ts';
import { seeing } from '../../stores/seeing.ts';
import { can, session } from '../../stores/session.svelte.ts';
import { toasts } from '../../ui/overlays/toasts.svelte.ts';
import { setTheme, theme, type Theme } from '../../ui/theme.ts';
import type { MenuEntry } from '../../ui/types.ts';
import { chooseLocale, locale, t, type Locale } from '../../words/index.ts';

const THEMES: Theme[] = ['light', 'dark', 'system'];
const LANGUAGES: Record<Locale, string> = { en: 'English', zh: '简体中文' };

let chosen = $state<Theme>(theme());

function choose(scheme: Theme): void {
  chosen = scheme;
  setTheme(scheme);
}

/** Queues, channels and tags are read by everyone; the page is for whoever may change some of them. */
const runsSupport = (): boolean => SETTINGS.some(({ name }) => can.update(name) || can.create(name));

/** For whoever may read something that is looked after there. */
const mendsData = (): boolean =>
  ['company', 'contact', 'deal', 'product', 'ticket'].some((object) => can.read(object));

const isAway = (): boolean => names.get('user', session.me?.user.id)?.['away'] === true;

/** Going away gives the unsolved tickets back; the notice says how many. */
async function turn(): Promise<void> {
  try {
    const { away, returned } = await api.put<{ away: boolean; returned: number }>('/api/me/away', {
      away: !isAway(),
    });
    toasts.add({ title: away ? t.nav.gave_back(returned) : t.nav.back });
  } catch (error) {
    toasts.add({ title: error instanceof Error ? error.message : t.nav.away, tone: 'bad' });
  }
}

/** The lines of the account menu. Reactive. */
export function accountMenu(help: () => void, seeAs: () => void, signOut: () => void): MenuEntry[] {
  const unsent = commands.unsent.length;
  return [
    ...(unsent > 0 ? [{ label: t.unsent.menu(unsent), icon: CloudUpload, run: () => commands.look() }] : []),
    { label: t.nav.my_role, icon: ShieldUser, href: '/me' },
    ...(seeing.mayBegin() ? [{ label: t.seeing.begin, icon: Glasses, run: seeAs }] : []),
    ...(can.read('ticket') && !seeing.on
      ? [{ label: t.nav.away, icon: Coffee, checked: isAway(), run: () => void turn() }]
      : []),
    ...(runsSupport()
      ? [{ label: t.nav.support_settings, icon: Headset, href: `/${SETTINGS[0]?.plural ?? ''}` }]
      : []),
    ...(mendsData() ? [{ label: t.nav.data_health, icon: HeartPulse, href: '/data-health' }] : []),
    ...(session.holds('import') ? [{ label: t.nav.imports, icon: FileUp, href: '/imports' }] : []),
    { label: t.nav.shortcuts, icon: Keyboard, kbd: '?', run: help },
    { heading: t.nav.theme },
    ...THEMES.map((scheme) => ({
      label: t.nav[scheme],
      checked: chosen === scheme,
      run: () => choose(scheme),
    })),
    { heading: t.nav.language },
    ...(['en', 'zh'] as const).map((choice) => ({
      label: LANGUAGES[choice],
      checked: locale() === choice,
      run: () => chooseLocale(choice),
    })),
    'separator',
    { label: t.nav.sign_out, icon: LogOut, run: signOut },
  ];
}
