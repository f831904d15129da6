import type { OpenView } from './openView.ts';

const NONE: readonly OpenView[] = [];

/** The views that one client has open, by its own ids for them. */
export class Views extends Map<string, OpenView> {
  /** By object; what is told of a change goes through them for each client that it concerns. */
  readonly #byObject = new Map<string, OpenView[]>();
  readonly #opened: (open: OpenView) => void;
  readonly #closed: (open: OpenView) => void;

  constructor(opened: (open: OpenView) => void, closed: (open: OpenView) => void) {
    super();
    this.#opened = opened;
    this.#closed = closed;
  }

  of(object: string): readonly OpenView[] {
    return this.#byObject.get(object) ?? NONE;
  }

  override set(id: string, open: OpenView): this {
    const former = this.get(id);
    if (former) this.#drop(former);
    super.set(id, open);
    const { name } = open.view.object;
    this.#byObject.set(name, [...this.of(name), open]);
    this.#opened(open);
    return this;
  }

  override delete(id: string): boolean {
    const open = this.get(id);
    if (!open) return false;
    super.delete(id);
    this.#drop(open);
    return true;
  }

  override clear(): void {
    for (const id of [...this.keys()]) this.delete(id);
  }

  #drop(open: OpenView): void {
    const { name } = open.view.object;
    const rest = this.of(name).filter((other) => other !== open);
    if (rest.length > 0) this.#byObject.set(name, rest);
    else this.#byObject.delete(name);
    this.#closed(open);
  }
}
