import { cubicOut } from 'svelte/easing';
import { prefersReducedMotion } from 'svelte/motion';
import { SvelteMap } from 'svelte/reactivity';
import { crossfade } from 'svelte/transition';
import type { StageDef } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { Scroller } from '../../ui/data/rows/scroller.svelte.ts';
import type { Mover } from './mover.svelte.ts';

const SLIDE_ms = 200;
/** New cards in a frame while one scrolls: a card is twice as much to draw as a row of a list. */
const NEW_CARDS = 7;

type Pair = ReturnType<typeof crossfade>;
/** Transitions by which a card slides from the column it leaves to the one it enters. */
interface Slides {
  send: Pair[0];
  receive: Pair[1];
}

/** A column as it stands, drawn or not. */
export interface StandingColumn {
  ids: () => readonly string[];
  /** Scrolls until that card is in sight. */
  reveal: (id: string) => Promise<void>;
}

/** What the columns and cards of one board share. */
export class BoardState {
  /** The record under way by drag, and the stage it is over. */
  dragged = $state<string | null>(null);
  over = $state<string | null>(null);
  /** The one card that Tab reaches; arrows move it. */
  current = $state<string | null>(null);
  /** The card whose menu of stages is open. */
  menu = $state<string | null>(null);
  /** The record this person moved last: it is let in at once, and does not slide after a drop. */
  mine = $state<{ id: string; stage: string; dropped: boolean } | null>(null);
  readonly object: ObjectDef;
  /** The card that has the focus: drawn wherever it is, or the focus would be lost. */
  focused = $state<string | null>(null);
  readonly scroller = new Scroller(NEW_CARDS);
  readonly columns = new SvelteMap<string, StandingColumn>();
  readonly mover: Mover;
  readonly stages: () => readonly StageDef[];
  readonly slides: Slides;

  constructor(object: ObjectDef, mover: Mover, stages: () => readonly StageDef[]) {
    this.object = object;
    this.mover = mover;
    this.stages = stages;
    const [send, receive] = crossfade({ easing: cubicOut });
    this.slides = { send, receive };
  }

  /** How one card slides. */
  slide(id: string): { key: string; duration: number } {
    const still = prefersReducedMotion.current || (this.mine?.id === id && this.mine.dropped);
    return { key: id, duration: still ? 0 : SLIDE_ms };
  }

  /** A column says how it stands; until the returned function is called. */
  stands(stage: string, column: StandingColumn): () => void {
    this.columns.set(stage, column);
    return () => {
      if (this.columns.get(stage) === column) this.columns.delete(stage);
    };
  }
}
