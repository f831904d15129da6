import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import ShieldUser from '@lucide/svelte/icons/shield-user';
import { session } from '../../stores/session.svelte.ts';
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

/** The lines of the account menu. Reactive. */
export function accountMenu(help: () => void): MenuEntry[] {
  return [
    { label: t.nav.my_role, icon: ShieldUser, href: '/me' },
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
    { label: t.nav.sign_out, icon: LogOut, run: () => void session.signOut() },
  ];
}
