export type Theme = 'light' | 'dark' | 'system';

const KEY = 'theme';

/** The scheme this browser was told to use; `system` follows the machine. */
export function theme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Chooses a scheme for this browser and shows it at once. */
export function setTheme(choice: Theme): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  showTheme();
}

/** Puts the stored choice on the page; call it before the first paint. */
export function showTheme(): void {
  const choice = theme();
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}
