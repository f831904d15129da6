/** Two regions in turn: the same sentence twice in a row would otherwise be said once. */
class Announcer {
  lines = $state<[string, string]>(['', '']);
  #turn = 0;

  say(text: string): void {
    this.#turn = 1 - this.#turn;
    this.lines = this.#turn === 0 ? [text, ''] : ['', text];
  }
}

export const announcer = new Announcer();

/** Says a sentence to screen readers when they are free; nothing is seen. Needs `<Root>` on the page. */
export function announce(text: string): void {
  announcer.say(text);
}
