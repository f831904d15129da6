import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { rightsFor, seenBy, sightBy, waysTo, type Actor } from '../../../shared/access/index.ts';
import { sameValue } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { WireEvent } from '../../../shared/protocol/index.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';
import { actorOf, DEAL, maskOf, MASKS, registry, sees, TEAMS } from './world.ts';

/** A change with what the sides are given for nothing: to whom it goes, and what those of each mask get of it. */
export interface Prepared {
  event: LogEvent;
  team: number;
  recipients: readonly number[];
  pieces: readonly WireEvent[];
}

/** A way to get a change to its recipients. */
export interface Side {
  tell(change: Prepared): void;
  /** Connections, to see how much is on its way. */
  sockets: readonly TcpSocket[];
}

const CURSOR = 'MDE5MjAwMDAuMQ';

// The `ws` that Socket.IO itself brings and writes with.
const { WebSocketServer, Sender } = createRequire(createRequire(import.meta.url).resolve('socket.io'))(
  'ws',
) as {
  WebSocketServer: new (options: object) => {
    on(
      event: 'connection',
      act: (socket: RawSocket, request: { url: string; socket: TcpSocket }) => void,
    ): void;
  };
  Sender: { frame(data: Buffer, options: object): Buffer[] };
};
interface RawSocket {
  _sender: { sendFrame(frame: Buffer[]): void };
}

/** Raw sockets without any protocol on top: the text is framed once for each mask, and the frame written to each. */
export async function rawWs(): Promise<{ port: number; sides: Record<'ws' | 'ws, in one piece', Side> }> {
  const http = createServer();
  const sockets: RawSocket[] = [];
  const tcp: TcpSocket[] = [];
  new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket, request) => {
    const n = Number(request.url.slice(1));
    sockets[n] = socket;
    tcp[n] = request.socket;
  });
  const tell =
    (frame: (text: Buffer) => Buffer[]) =>
    ({ pieces, recipients }: Prepared): void => {
      const frames = pieces.map((piece) => frame(Buffer.from(packet(piece))));
      for (const n of recipients)
        must(sockets[n], 'a socket')._sender.sendFrame(must(frames[maskOf(n)], 'a frame'));
    };
  const usual = (data: Buffer) =>
    Sender.frame(data, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false });
  return {
    port: await listen(http),
    sides: {
      ws: { tell: tell(usual), sockets: tcp },
      // `ws` writes head and body of a frame in two pieces; whoever joins them saves half of the work.
      'ws, in one piece': { tell: tell((data) => [Buffer.concat(usual(data))]), sockets: tcp },
    },
  };
}

/** A plain Socket.IO server, and three ways to use it. */
export async function plainIo(): Promise<{
  port: number;
  sides: Record<'room' | 'room per mask' | 'loop', Side>;
}> {
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    pingInterval: 3_600_000,
  });
  const sockets: Socket[] = [];
  const tcp: TcpSocket[] = [];
  const actors: Actor[] = [];
  io.on('connection', (socket) => {
    const n = Number(socket.handshake.query['as']);
    sockets[n] = socket;
    tcp[n] = socket.request.socket;
    actors[n] = actorOf(n);
    for (let team = 0; team < TEAMS; team++)
      if (sees(n, team)) void socket.join([`team ${team}`, `team ${team} mask ${maskOf(n)}`]);
  });
  return {
    port: await listen(http),
    sides: {
      // Everybody in the room gets the same: what the whole mask shows.
      room: {
        tell: ({ team, pieces }) => void io.to(`team ${team}`).emit('b', [pieces[MASKS - 1]], CURSOR),
        sockets: tcp,
      },
      'room per mask': {
        tell: ({ team, pieces }) =>
          pieces.forEach((piece, mask) => void io.to(`team ${team} mask ${mask}`).emit('b', [piece], CURSOR)),
        sockets: tcp,
      },
      loop: {
        tell: ({ event }) => {
          for (const [n, socket] of sockets.entries()) {
            const piece = checked(must(actors[n], 'an actor'), event);
            if (piece) socket.emit('b', [piece], CURSOR);
          }
        },
        sockets: tcp,
      },
    },
  };
}

/** The obvious way: may they see it, and which of the changed fields; asked for each socket. */
function checked(actor: Actor, { before, after, object, id, version, actorId }: LogEvent): WireEvent | null {
  const ways = waysTo(actor, DEAL, after);
  const sight = ways === 0 ? null : sightBy(rightsFor(actor, registry, DEAL, after), ways);
  if (sight === null) return null;
  const masked = seenBy(sight, after);
  const changed = sight.fields.filter((name) => !sameValue(before?.[name], masked[name]));
  const fields = Object.fromEntries(changed.map((name) => [name, masked[name]]));
  return ['patch', object, id, version, { ...fields, by: actorId }];
}

export const packet = (piece: WireEvent): string => `42["b",[${JSON.stringify(piece)}],"${CURSOR}"]`;

export const listen = (http: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port)));
