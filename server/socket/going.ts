import type { SocketServer } from './server.ts';

/**
 * Tells everybody at these doors that this node will stop: each leaves by itself at a random moment within `after_ms`,
 * so that they do not all come to the others at once. To be said when no new socket is let in any more.
 */
export function sayGoing(doors: readonly SocketServer[], after_ms: number): void {
  for (const door of doors) door.emit('going', { after_ms });
}
