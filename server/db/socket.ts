import { connect as connectTcp, type Socket } from 'node:net';

/** What postgres.js tells about where to go; only what is used here. */
interface Target {
  host: string[];
  port: number[];
  path?: string | false;
}

/**
 * Opens the sockets for postgres.js 3.4, which left alone lets statements wait for ever in three cases:
 * - The server closes a connection before it is ready (a proxy without a server behind it): it tries again without
 *   end and without a pause. Here that is an error for whoever asked.
 * - A statement is sent between a socket's `error` and its `close`: it is forgotten. Here it fails with the rest.
 * - The peer falls silent (a cut cable, a stopped machine). Here an answer overdue by `silence_limit_ms` breaks the
 *   connection; 0: no limit.
 * Over TLS this holds up to the handshake only, when postgres.js takes our listeners away.
 */
export function openSocket({ host, port, path }: Target, silence_limit_ms: number): Socket {
  const socket = path ? connectTcp(path) : connectTcp({ host: host[0], port: port[0] ?? 5432 });
  // Where postgres.js looks for the name that the server's certificate must show.
  Object.assign(socket, { host: host[0] });
  let writtenAtLastAnswer = 0;
  socket.on('data', () => (writtenAtLastAnswer = socket.bytesWritten));
  // Registered first, so it comes before postgres.js' own listener, which would begin anew.
  socket.on('close', () => {
    socket.emit('error', failure('CONNECTION_CLOSED', 'The database closed the connection'));
  });
  socket.setTimeout(silence_limit_ms, () => {
    const owed = socket.bytesWritten > writtenAtLastAnswer;
    if (owed) socket.destroy(failure('ETIMEDOUT', 'The database has fallen silent'));
  });
  return socket;
}

function failure(code: string, words: string): Error {
  return Object.assign(new Error(words), { code });
}
