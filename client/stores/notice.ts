/** A short message in the corner. How it is drawn is the screen's business: stores know no components. */
export interface Notice {
  title: string;
  text?: string;
  tone?: 'neutral' | 'good' | 'warn' | 'bad';
  action?: { label: string; run: () => void };
  /** 0 stays until it is dismissed. */
  timeout_ms?: number;
}

let draw: (notice: Notice) => () => void = () => () => undefined;

/** Set once by the app. */
export function drawNotices(by: (notice: Notice) => () => void): void {
  draw = by;
}

/** Shows a notice; answers how to put it away. */
export const notify = (notice: Notice): (() => void) => draw(notice);
