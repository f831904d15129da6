/** Long enough for every screen reader to have taken it up. */
const KEPT_ms = 5_000;

/** Two regions in turn: the same sentence twice in a row would otherwise be said once. */
class Announcer {
  lines = $state<[string, string]>(['', '']);
  #turn = 0;
  #over: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    this.#turn = 1 - this.#turn;
    this.lines = this.#turn === 0 ? [text, ''] : ['', text];
    clearTimeout(this.#over);
    this.#over = setTimeout(() => this.clear(), KEPT_ms);
  }

  /** What was said may name records and people: it does not stay in the page. */
  clear(): void {
    clearTimeout(this.#over);
    this.lines = ['', ''];
  }
}

export const announcer = new Announcer();

/** Says a sentence to screen readers when they are free; nothing is seen. Needs `<Root>` on the page. */
export function announce(text: string): void {
  announcer.say(text);
}
