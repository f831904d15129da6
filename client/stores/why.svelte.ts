import type { About } from './rights.ts';
import { session } from './session.svelte.ts';

/** What is asked: why somebody may do something with it, or who sees it. */
export interface WhyQuestion extends About {
  about: 'why' | 'who';
}

/** The question that is open beside the page; any part of a page asks it, and the frame around all pages shows it. */
class Why {
  question = $state.raw<WhyQuestion | null>(null);

  ask(about: About, what: WhyQuestion['about'] = 'why'): void {
    this.question = { ...about, about: what };
  }

  close(): void {
    this.question = null;
  }
}

export const why = new Why();

session.onLeave(() => {
  why.close();
  return 0;
});
