/** Which cell of a grid Tab comes to, and the arrows that move there: cells carry `data-x` and `data-y`. */
export class GridFocus {
  #at = $state.raw({ x: 0, y: 0 });
  readonly #rows: () => number;
  readonly #columns: () => number;

  constructor(rows: () => number, columns: () => number) {
    this.#rows = rows;
    this.#columns = columns;
  }

  isAt(x: number, y: number): boolean {
    return this.#at.x === x && this.#at.y === y;
  }

  readonly focusin = (event: FocusEvent): void => {
    const cell = cellOf(event.target);
    if (cell) this.#at = { x: Number(cell.dataset['x']), y: Number(cell.dataset['y']) };
  };

  /** Whether the key has moved the focus. */
  keydown(event: KeyboardEvent): boolean {
    const cell = cellOf(event.target);
    const { x, y } = this.#at;
    const [right, below] = [this.#columns() - 1, this.#rows() - 1];
    const to = {
      ArrowLeft: { x: Math.max(0, x - 1), y },
      ArrowRight: { x: Math.min(right, x + 1), y },
      ArrowUp: { x, y: Math.max(0, y - 1) },
      ArrowDown: { x, y: Math.min(below, y + 1) },
      Home: { x: 0, y },
      End: { x: right, y },
      PageUp: { x, y: 0 },
      PageDown: { x, y: below },
    }[event.key];
    if (!cell || !to) return false;
    // Before the button in the cell takes the arrow for itself.
    event.preventDefault();
    event.stopPropagation();
    const next = cell.closest('table')?.querySelector(`[data-x="${to.x}"][data-y="${to.y}"] button`);
    if (next instanceof HTMLElement) next.focus();
    return true;
  }
}

const cellOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-x]') : null;
