const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  // In this order: nearly everything calls itself Chrome, Safari and Mozilla as well.
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Vivaldi', /\bVivaldi\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
  ['curl', /^curl\/(\d+)/],
  ['Node', /^node(?:\.js)?(?:\/v?(\d+))?\b/i],
  ['Python', /^python-\w+\/(\d+)/i],
];

const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows NT\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** How a list of sessions names a device, from its user agent: "Chrome 141 · macOS"; what is not known is left out. */
export function deviceOf(userAgent: string | undefined): string {
  // Cut first: the header is the sender's to make as long as they like.
  const agent = (userAgent ?? '').slice(0, 400);
  const browser = BROWSERS.map(([name, pattern]) => named(name, pattern.exec(agent))).find(Boolean);
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0];
  return [browser, system].filter(Boolean).join(' · ') || 'Unknown device';
}

const named = (name: string, match: RegExpExecArray | null): string | undefined =>
  match === null ? undefined : [name, match[1]].filter(Boolean).join(' ');
