/**
 * Equal questions that come while one of them is being answered are answered together by the next reading: after a break
 * of many clients at once each view is read a few times, and not once for each window. A reading is shared by who asked
 * before it began, so nobody is told of a moment before they asked. What is shared must not be changed.
 */
export class SharedReads<T> {
  readonly #questions = new Map<string, Question<T>>();
  /** How often was read, for those who count. */
  reads = 0;

  /** What `read` answers; it calls `begin` when the moment that it reads begins. Equal keys must have equal answers. */
  ask(key: string, read: (begin: () => void) => Promise<T>): Promise<T> {
    let question = this.#questions.get(key);
    if (!question) this.#questions.set(key, (question = { under: null, next: null }));
    return (question.next ??= this.#take(key, question, read));
  }

  async #take(key: string, question: Question<T>, read: (begin: () => void) => Promise<T>): Promise<T> {
    await question.under?.catch(() => undefined);
    let begun = false;
    const begin = () => {
      // A transaction that lost against another begins twice: by then `next` is others'.
      if (!begun) question.next = null;
      begun = true;
    };
    this.reads++;
    const reading = read(begin).finally(begin);
    question.under = reading;
    try {
      return await reading;
    } finally {
      if (question.under === reading) {
        question.under = null;
        if (question.next === null) this.#questions.delete(key);
      }
    }
  }
}

interface Question<T> {
  /** The reading that goes on: whoever asks once it has begun waits for another. */
  under: Promise<T> | null;
  /** The one that has not begun, with all who share it. */
  next: Promise<T> | null;
}
