import type { RawSocket } from './rawSocket.ts';

/** A raw socket whose every message is noted with the moment at which it came. */
export interface Watch {
  socket: RawSocket;
  heard: { at_ms: number; text: string }[];
  /** Frames with records in them that came at or after a moment (of `Date.now()`). */
  framesSince(at_ms: number): string[];
}

export function watch(socket: RawSocket): Watch {
  const heard: Watch['heard'] = [];
  const note = () => {
    const at_ms = Date.now();
    for (const text of socket.wire.messages.slice(heard.length)) heard.push({ at_ms, text });
  };
  socket.wire.onChange(note);
  note();
  const isFrame = (text: string) => text.startsWith('42["b"') || text.startsWith('43');
  return {
    socket,
    heard,
    framesSince: (since_ms) =>
      heard.filter(({ at_ms, text }) => at_ms >= since_ms && isFrame(text)).map(({ text }) => text),
  };
}
