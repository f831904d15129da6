/** True on the machines whose keyboards have ⌘. */
function isMac(platform = globalThis.navigator?.platform ?? ''): boolean {
  return /^(Mac|iPhone|iPad)/.test(platform);
}

const MAC: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '⏎' };
const OTHER: Record<string, string> = { Mod: 'Ctrl', Enter: '⏎' };

/** `Mod+Enter` as this keyboard names it: "⌘⏎" or "Ctrl ⏎". */
export function keyLabel(keys: string, mac = isMac()): string {
  const names = mac ? MAC : OTHER;
  const parts = keys.split('+').map((key) => names[key] ?? key);
  return parts.join(mac ? '' : '\u202f');
}
