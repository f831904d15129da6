import type { Socket as TcpSocket } from 'node:net';
import type { Socket } from 'socket.io';
import type { ClientToServer, ServerToClient } from '../../shared/protocol/index.ts';
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
  const conn = socket.conn as unknown as { writeBuffer: unknown[] };
  const packets = () => conn.writeBuffer.length;
  const queued = () => packets() > 0 || tcp.writableLength > 0;
  // A graceful close would first deliver everything queued; a reset throws it away.
  const reset = () => resetNow(tcp);
  return {
    emit: (events, cursor) => void socket.emit('b', events, cursor),
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

/** Ends a connection: the client is asked to go, and made to go if it does not. */
export function hangUp(socket: Pick<Socket, 'disconnect' | 'request'>): void {
  const tcp = socket.request.socket;
  socket.disconnect(true);
  setTimeout(() => resetNow(tcp), GOODBYE_ms).unref();
}

function resetNow(tcp: TcpSocket): void {
  if (!tcp.destroyed) tcp.resetAndDestroy();
}
