import { SvelteSet } from 'svelte/reactivity';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { ApiError } from '../../../shared/protocol/errors.ts';
import type { ColumnField, NewField } from '../../../shared/protocol/fields.ts';
import type {
  ImportMap,
  ImportPreview,
  ImportResult,
  ImportTarget,
} from '../../../shared/protocol/imports.ts';
import { OfflineError } from '../../net/http.ts';
import { importDoors, type ImportAct, type ImportDoors } from './doors.ts';
import { fitToFile, leftOut, mapColumn, sameMap, tuneColumn } from './mapEdit.ts';
import { inOwnWords } from './ownWords.ts';
import { hasProblems, mapProblems, NO_PROBLEMS, type MapProblems } from './problems.ts';

export type Saving = 'saved' | 'waiting' | 'saving' | 'failed';

/** A pause in editing after which the map is sent. */
const PAUSE_ms = 500;
const AGAIN_ms = 3_000;

/** What one works with on the page of one import: the file as it is read, the map as it is drawn up, what came of it. */
export class ImportDesk {
  preview = $state.raw<ImportPreview | null>(null);
  map = $state.raw<ImportMap>({ columns: {} });
  saving = $state<Saving>('saved');
  problems = $state.raw<MapProblems>(NO_PROBLEMS);
  result = $state.raw<ImportResult | null>(null);
  /** Why the file could not be looked at. */
  error = $state.raw<Error | null>(null);
  /** Why what came of it could not be read. */
  resultError = $state.raw<Error | null>(null);
  /** The file is being read in another way. */
  reading = $state(false);
  /** The map is another than the one that was checked last. */
  changed = $state(false);
  /** Columns that a person has decided about; the others are guesses. */
  readonly decided = new SvelteSet<string>();

  readonly #id: string;
  readonly #doors: ImportDoors;
  #saved: ImportMap | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reload: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;

  readonly #object: () => ObjectDef | undefined;

  /** `object`: what the rows become, in the person's words; undefined until that is known. */
  constructor(
    id: string,
    object: () => ObjectDef | undefined = () => undefined,
    doors: ImportDoors = importDoors,
  ) {
    this.#id = id;
    this.#object = object;
    this.#doors = doors;
  }

  heads: string[] = $derived(this.preview?.columns.map(({ head }) => head) ?? []);
  /** What the columns can become. */
  targets: ImportTarget[] = $derived(
    (this.preview?.targets ?? []).map((target) => inOwnWords(target, this.#object()?.fields[target.key])),
  );

  /** What they become, from the left of the file. */
  order: string[] = $derived(this.heads.flatMap((head) => this.map.columns[head]?.to ?? []));

  /** Nobody has touched the map: it is what was guessed from the file. */
  guessed: boolean = $derived(this.decided.size === 0 && !this.changed);

  /** Reads how the file looks and what it means so far. Nothing that is not yet saved is overwritten. */
  async load(): Promise<void> {
    clearTimeout(this.#reload);
    try {
      const preview = await this.#doors.preview(this.#id);
      this.error = null;
      if (this.saving !== 'saved') return;
      if (preview.kept) for (const { head } of preview.columns) this.decided.add(head);
      this.#saved = preview.kept ? preview.map : null;
      this.preview = preview;
      this.map = preview.map;
    } catch (error) {
      this.error = asError(error);
      // The file is not to blame: the next answer may be another.
      if (!(error instanceof ApiError) || error.status >= 500)
        this.#reload = setTimeout(() => void this.load(), AGAIN_ms);
    }
  }

  /** What the last piece of work came to. */
  async loadResult(): Promise<void> {
    try {
      this.result = await this.#doors.result(this.#id);
      this.resultError = null;
    } catch (error) {
      this.result = null;
      this.resultError = asError(error);
    }
  }

  /** Takes an edited map; it is saved after a pause. `head`: the column that was decided about. */
  edit(map: ImportMap, head?: string): void {
    if (head !== undefined) this.decided.add(head);
    if (sameMap(map, this.map)) return;
    this.map = map;
    this.changed = true;
    this.#later(PAUSE_ms);
  }

  /** The columns that nothing becomes of, and which field each would make. @throws ApiError · OfflineError */
  async leftOut(): Promise<ColumnField[]> {
    // The file is looked at as the map that is saved has it read.
    if (this.saving !== 'saved') await this.flush();
    const { columns } = await this.#doors.columns(this.#id);
    const out = leftOut(this.map, this.heads);
    return columns.filter(({ head }) => out.includes(head));
  }

  /** Adds fields for columns and lets the columns become them. @throws ApiError · OfflineError */
  async addFields(object: string, asked: readonly (readonly [ColumnField, NewField])[]): Promise<void> {
    const { fields } = await this.#doors.addFields({ object, fields: asked.map(([, field]) => field) });
    const { targets } = await this.#doors.preview(this.#id, this.map.read);
    if (this.preview) this.preview = { ...this.preview, targets };
    let map = this.map;
    for (const [i, [{ head, nothing }]] of asked.entries()) {
      const name = fields[i]?.name;
      if (name === undefined) continue;
      const values = Object.fromEntries(nothing.map((text) => [text, '']));
      map = tuneColumn(mapColumn(map, head, name), head, { values });
      this.decided.add(head);
    }
    this.edit(map);
  }

  /** Reads the file in another way. Columns of the same heads keep what they mean. */
  async read(read: ImportMap['read']): Promise<void> {
    this.reading = true;
    try {
      const preview = await this.#doors.preview(this.#id, read);
      this.preview = preview;
      const heads = preview.columns.map(({ head }) => head);
      const former = fitToFile(this.map, heads);
      // What was left out on purpose is not guessed again.
      const guessed = fitToFile(
        preview.map,
        heads.filter((head) => !this.decided.has(head)),
      );
      this.edit({ ...former, columns: { ...guessed.columns, ...former.columns }, ...(read ? { read } : {}) });
      this.error = null;
    } finally {
      this.reading = false;
    }
  }

  /** The file is read as it should be: that is not asked any more. */
  keepReading(): void {
    if (!this.preview) return;
    this.preview = { ...this.preview, letters: [] };
    this.edit({ ...this.map, read: this.preview.reading });
  }

  /** Sends what is not saved yet, even a map that is still the guess; whether the server has it now. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.#saved === null || !sameMap(this.#saved, this.map)) await this.#send();
    return this.saving === 'saved' && !hasProblems(this.problems);
  }

  /** @throws ApiError · OfflineError */
  async act(act: ImportAct): Promise<void> {
    if (act === 'check' && !(await this.flush())) return;
    await this.#doors.act(this.#id, act);
    if (act === 'check') {
      this.changed = false;
      this.result = null;
    }
  }

  /** The page is left: what is waiting is sent at once. */
  close(): void {
    if (this.saving !== 'saved') void this.flush();
    clearTimeout(this.#timer);
    clearTimeout(this.#reload);
  }

  #later(pause_ms: number): void {
    clearTimeout(this.#timer);
    this.saving = 'waiting';
    this.#timer = setTimeout(() => void this.#send(), pause_ms);
  }

  /** One at a time: the map that was drawn up last is the one that stays. */
  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#sending) await this.#sending;
    this.#sending = this.#sendNow().finally(() => (this.#sending = null));
    await this.#sending;
  }

  async #sendNow(): Promise<void> {
    const map = this.map;
    this.saving = 'saving';
    try {
      await this.#doors.saveMap(this.#id, map);
      this.#saved = map;
      this.problems = NO_PROBLEMS;
      if (this.map === map) this.saving = 'saved';
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) {
        this.problems = mapProblems(error, this.heads);
        this.saving = 'failed';
      } else {
        this.saving = 'failed';
        // Without an answer it is tried again until there is one.
        if (error instanceof OfflineError || error instanceof ApiError) this.#again();
      }
    }
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), AGAIN_ms);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
