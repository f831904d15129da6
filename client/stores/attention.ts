import { createSubscriber } from 'svelte/reactivity';

/** Whether somebody looks at this window: it is in front and has the focus. */
class Attention {
  #subscribe = createSubscriber((update) => this.onchange(update));

  /** Reactive. */
  get here(): boolean {
    this.#subscribe();
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  /** Calls back whenever it may have changed, until the returned function is called. */
  onchange(listener: () => void): () => void {
    document.addEventListener('visibilitychange', listener);
    addEventListener('focus', listener);
    addEventListener('blur', listener);
    return () => {
      document.removeEventListener('visibilitychange', listener);
      removeEventListener('focus', listener);
      removeEventListener('blur', listener);
    };
  }
}

export const attention = new Attention();
