const HEAD = /\{([^{}]+)\}/g;

/** Heads of the columns that a template names. */
export const headsIn = (template: string): string[] =>
  [...template.matchAll(HEAD)].map(([, head = '']) => head);

/**
 * A template with a row's own texts in it. Where one of them is empty, what stood between it and the others at the ends
 * goes as well: `{product} · {account}` without an account is the product alone.
 */
export function filled(template: string, textOf: (head: string) => string): string {
  let blank = false;
  const text = template.replaceAll(HEAD, (_, head: string) => {
    const one = textOf(head).trim();
    blank ||= one === '';
    return one;
  });
  return (blank ? text.replace(/^[\s·•,;:|/–—-]+|[\s·•,;:|/–—-]+$/g, '') : text).trim();
}
