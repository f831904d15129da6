import type { Socket as TcpSocket } from 'node:net';
import type { Socket } from 'socket.io';
import type { ClientToServer, ServerToClient } from '../../shared/protocol/index.ts';
import type { Frame } from '../fanout/frames.ts';
import type { Outlet } from '../fanout/subscriber.ts';

/** More packets or bytes than these waiting: the client does not keep up. Socket.IO itself has no limit. */
const PACKETS_MAX = 256;
const BYTES_MAX = 1_000_000;
/** How long a client may take to read its goodbye before the connection is reset. */
const GOODBYE_ms = 1_000;

/** The fan-out's way to one socket. */
export function outletOf<D>(
  socket: Socket<ClientToServer, ServerToClient, Record<string, never>, D>,
): Outlet {
  const tcp = socket.request.socket;
  // Engine.IO documents the buffer but types it private.
  const conn = socket.conn as unknown as EngineSocket;
  const packets = () => conn.writeBuffer.length;
  const queued = () => packets() > 0 || tcp.writableLength > 0;
  // A graceful close would first deliver everything queued; a reset throws it away.
  const reset = () => resetNow(tcp);
  return {
    emit(_events, _cursor, frame) {
      if (!socket.connected) return;
      const { text, options } = sealed(frame);
      if (isClear(conn, tcp)) tcp.write(options.wsPreEncodedFrame[0]);
      // Something is on its way already: Engine.IO keeps the order, and writes the same frame, or encodes the text where
      // its own test says that it cannot.
      else conn.write(text, options);
    },
    resync: (views, why) => void socket.emit('resync', { views, why }),
    presence: (news) => void socket.emit('presence', news),
    end(reason) {
      if (queued()) return reset();
      socket.emit('ended', { reason });
      hangUp(socket);
    },
    drop() {
      if (queued()) return reset();
      // Closes the transport below Socket.IO, which the client takes for a lost connection: it comes back by itself.
      socket.conn.close();
      // It need not go because it is asked to.
      setTimeout(reset, GOODBYE_ms).unref();
    },
    queued,
    congested: () => packets() > PACKETS_MAX || tcp.writableLength > BYTES_MAX,
  };
}

/** What Socket.IO's own broadcast uses of Engine.IO, and what that looks at before it writes; private by its types. */
interface EngineSocket {
  readyState: string;
  writeBuffer: unknown[];
  transport: {
    name: string;
    writable: boolean;
    perMessageDeflate: unknown;
    socket?: { readyState: number };
  };
  write(text: string, options: Sealed['options']): void;
}
interface Sealed {
  text: string;
  options: { compress: boolean; wsPreEncodedFrame: [Buffer] };
}

/**
 * Nothing of anybody's waits before the connection: then a whole frame may be written to it directly, without Engine.IO's
 * packet, its events and its callbacks, which cost as much as the write itself.
 */
function isClear({ readyState, writeBuffer, transport }: EngineSocket, tcp: TcpSocket): boolean {
  return (
    readyState === 'open' &&
    writeBuffer.length === 0 &&
    transport.writable &&
    transport.name === 'websocket' &&
    !transport.perMessageDeflate &&
    transport.socket?.readyState === WS_OPEN &&
    tcp.writableLength === 0
  );
}
const WS_OPEN = 1;

/** A frame as a packet of Socket.IO, and that as a whole WebSocket frame; made once for all who are sent it. */
function sealed(frame: Frame): Sealed {
  let known = seals.get(frame);
  if (!known) {
    const text = `2["b",${frame.json},${JSON.stringify(frame.cursor)}]`;
    const options: Sealed['options'] = { compress: false, wsPreEncodedFrame: [wsFrame(`4${text}`)] };
    seals.set(frame, (known = { text, options }));
  }
  return known;
}
const seals = new WeakMap<Frame, Sealed>();

/** A text as an unmasked WebSocket frame of its own (RFC 6455, 5.2), in one piece: one write, and no gathering of two. */
function wsFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FINAL_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}
const FINAL_TEXT = 0x81;

/** Ends a connection: the client is asked to go, and made to go if it does not. */
export function hangUp(socket: Pick<Socket, 'disconnect' | 'request'>): void {
  const tcp = socket.request.socket;
  socket.disconnect(true);
  setTimeout(() => resetNow(tcp), GOODBYE_ms).unref();
}

function resetNow(tcp: TcpSocket): void {
  if (!tcp.destroyed) tcp.resetAndDestroy();
}
