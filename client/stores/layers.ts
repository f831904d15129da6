import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';

/** An own change that is not answered yet, laid over what the server told. */
export interface Layer {
  token: number;
  values: Record<string, Value>;
  /** It takes the record away (true), or brings it back. */
  gone: boolean | undefined;
  /** When it was made: the order of all that is made in this browser. */
  made: number;
}

/** The layers of all records, whether they are held just now or not. */
export class Layers {
  readonly #of = new Map<string, readonly Layer[]>();
  #tokens = 0;

  /** The latest last. */
  of(key: string): readonly Layer[] {
    return this.#of.get(key) ?? [];
  }

  /** Answers what takes it off again. */
  add(key: string, layer: Omit<Layer, 'token'>): number {
    const token = ++this.#tokens;
    const after = this.of(key).findIndex(({ made }) => made > layer.made);
    this.#of.set(
      key,
      this.of(key).toSpliced(after < 0 ? this.of(key).length : after, 0, { token, ...layer }),
    );
    return token;
  }

  /** False where it is off already. */
  drop(key: string, token: number): boolean {
    const [all, left] = [this.of(key), this.of(key).filter((layer) => layer.token !== token)];
    if (left.length === 0) this.#of.delete(key);
    else this.#of.set(key, left);
    return left.length < all.length;
  }

  clear(): void {
    this.#of.clear();
  }
}

/** The record as it is to look; null where it looks deleted. */
export function laidOver(base: MaskedRecord, layers: readonly Layer[]): MaskedRecord | null {
  if (layers.length === 0) return base;
  if (layers.findLast(({ gone }) => gone !== undefined)?.gone) return null;
  return Object.assign({}, base, ...layers.map(({ values }) => values));
}
