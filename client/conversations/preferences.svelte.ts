/** How the console looks and sounds in this browser; it outlives the session, as the theme does. */
class Preferences {
  #sound = $state(localStorage.getItem('sound') !== 'off');
  #details = $state(localStorage.getItem('details') !== 'off');

  /** A soft sound for new messages while the window is hidden. */
  get sound(): boolean {
    return this.#sound;
  }
  set sound(on: boolean) {
    this.#sound = on;
    localStorage.setItem('sound', on ? 'on' : 'off');
  }

  /** The panel with the customer beside the thread is unfolded. */
  get details(): boolean {
    return this.#details;
  }
  set details(on: boolean) {
    this.#details = on;
    localStorage.setItem('details', on ? 'on' : 'off');
  }
}

export const preferences = new Preferences();
