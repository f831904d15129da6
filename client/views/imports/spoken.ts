import { quarterPassed, shareOf, type Import, type ImportStatus } from '../../stores/imports/progress.ts';
import { w } from './w.ts';

/** What of an import's progress is said aloud: each turn, and the quarters in between. Not every percent. */
export class Spoken {
  #status: ImportStatus | null = null;
  #share: number | null = null;

  /** The sentence that is due now; null where there is none. What stood there at the first look is not news. */
  next(one: Import): string | null {
    const [status, share] = [this.#status, this.#share];
    this.#status = one.status;
    this.#share = shareOf(one);
    if (status === null) return null;
    if (status !== one.status) return turn(one);
    const quarter = quarterPassed(share, this.#share);
    return quarter === null ? null : w.say.quarter(quarter);
  }
}

function turn({ status, created, updated, refused }: Import): string | null {
  switch (status) {
    case 'uploaded':
      return null;
    case 'checked':
      return w.say.checked(created, updated, refused);
    case 'done':
      return w.say.done(created, updated, refused);
    default:
      return w.say[status];
  }
}
