import type { Attachment } from 'svelte/attachments';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { StageDef } from '../../../shared/fields/index.ts';
import { mayEdit } from '../values.ts';
import type { BoardState } from './board.svelte.ts';

// A board is looked at before anything is dragged: the library comes after the cards.
const dragging = () => import('@atlaskit/pragmatic-drag-and-drop/element/adapter');
type Dragging = Awaited<ReturnType<typeof dragging>>;

/** Lets a card be dragged, if its person may move it; from the first time that somebody points at it. */
export const dragCard = (board: BoardState, record: () => MaskedRecord): Attachment<HTMLElement> =>
  whenPointed(
    () => board.scroller.scrolling,
    whenLoaded((element, { draggable }) =>
      draggable({
        element,
        canDrag: () => mayEdit(record(), 'stage'),
        getInitialData: () => ({ board, id: record().id }),
        onDragStart: () => (board.dragged = record().id),
        onDrop: () => {
          board.dragged = null;
          board.over = null;
        },
      }),
    ),
  );

/** Lets a column take cards. */
export const dropColumn = (
  board: BoardState,
  stage: () => StageDef,
  drop: (id: string) => void,
): Attachment<HTMLElement> =>
  whenLoaded((element, { dropTargetForElements }) =>
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data['board'] === board,
      onDragEnter: () => (board.over = stage().key),
      onDragLeave: () => {
        if (board.over === stage().key) board.over = null;
      },
      onDrop: ({ source }) => {
        if (typeof source.data['id'] === 'string') drop(source.data['id']);
      },
    }),
  );

const EDGE_px = 64;
const STEP_px = 14;

/** Scrolls the board while a card is held near one of its edges. */
export const scrollAtEdges = (board: BoardState): Attachment<HTMLElement> =>
  whenLoaded((element, { monitorForElements }) => {
    let pointer: { clientX: number; clientY: number } | null = null;
    let frame = 0;

    function step(): void {
      if (!pointer) return;
      const box = element.getBoundingClientRect();
      element.scrollBy(
        push(pointer.clientX - box.left, box.right - pointer.clientX),
        push(pointer.clientY - box.top, box.bottom - pointer.clientY),
      );
      frame = requestAnimationFrame(step);
    }
    function stop(): void {
      pointer = null;
      cancelAnimationFrame(frame);
    }
    const unwatch = monitorForElements({
      canMonitor: ({ source }) => source.data['board'] === board,
      onDrag: ({ location }) => {
        const idle = pointer === null;
        pointer = location.current.input;
        if (idle) frame = requestAnimationFrame(step);
      },
      onDrop: stop,
    });
    return () => {
      unwatch();
      stop();
    };
  });

/** How far to scroll, from the distances to both edges: faster the nearer, nothing in between. */
function push(fromStart: number, toEnd: number): number {
  if (fromStart < EDGE_px) return -STEP_px * Math.min(1, (EDGE_px - fromStart) / EDGE_px);
  if (toEnd < EDGE_px) return STEP_px * Math.min(1, (EDGE_px - toEnd) / EDGE_px);
  return 0;
}

/** An attachment that begins once the library is here, unless its element has gone meanwhile. */
function whenLoaded(begin: (element: HTMLElement, library: Dragging) => () => void): Attachment<HTMLElement> {
  return (element) => {
    let end: (() => void) | null = null;
    let gone = false;
    void dragging().then((library) => {
      if (!gone) end = begin(element, library);
    });
    return () => {
      gone = true;
      end?.();
    };
  };
}

/** What says that somebody points at something; a mouse that rests enters whatever is scrolled past, and moves over none. */
const POINTING = ['pointerenter', 'pointermove', 'pointerdown'] as const;

/** An attachment that begins when somebody first points there: of thousands of cards that are scrolled past, few are taken. */
function whenPointed(passing: () => boolean, begin: Attachment<HTMLElement>): Attachment<HTMLElement> {
  return (element) => {
    let end: (() => void) | void;
    const forget = () => POINTING.forEach((type) => element.removeEventListener(type, pointed));
    const pointed = ({ type, pointerType }: PointerEvent) => {
      if (type === 'pointerenter' && pointerType === 'mouse' && passing()) return;
      forget();
      end = begin(element);
    };
    for (const type of POINTING) element.addEventListener(type, pointed, { passive: true });
    return () => {
      forget();
      end?.();
    };
  };
}
