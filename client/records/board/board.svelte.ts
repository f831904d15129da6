import { cubicOut } from 'svelte/easing';
import { prefersReducedMotion } from 'svelte/motion';
import { crossfade } from 'svelte/transition';
import type { StageDef } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Mover } from './mover.svelte.ts';

const SLIDE_ms = 200;

type Pair = ReturnType<typeof crossfade>;
/** Transitions by which a card slides from the column it leaves to the one it enters. */
interface Slides {
  send: Pair[0];
  receive: Pair[1];
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
  get flip_ms(): number {
    return prefersReducedMotion.current ? 0 : SLIDE_ms;
  }
}
