import { connect, type Socket } from 'node:net';
import { answerAll } from './talk.ts';

// Opens sockets, says what a client must say to be let in, and throws away whatever comes: a client that parsed it would be
// what is measured.

export interface Opening {
  port: number;
  /** Where, for the n-th. */
  path: string;
  count: number;
  /** Socket.IO is spoken there. */
  io: boolean;
}

const AT_ONCE = 100;
const bin = Buffer.alloc(1 << 18);
const speaking: Socket[] = [];

// Pings are not read, and answered all the same.
setInterval(() => speaking.forEach((socket) => socket.write(PONG)), 10_000);
answerAll<{ open: Opening }>(async ({ open }) => {
  for (let from = 0; from < open.count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, open.count - from) }, (_, n) => from + n);
    await Promise.all(numbers.map((n) => enter(open, n)));
  }
});

function enter({ port, path, io }: Opening, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let greeted = false;
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: bin,
        callback: (length) => {
          if (greeted) return true;
          greeted = true;
          if (!bin.toString('latin1', 0, length).startsWith('HTTP/1.1 101')) reject(new Error('not let in'));
          if (io) socket.write(text('40'));
          if (io) speaking.push(socket);
          resolve();
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.write(
      [
        `GET ${path.replace('#', String(n))} HTTP/1.1`,
        'Host: 127.0.0.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        '',
        '',
      ].join('\r\n'),
    );
  });
}

/** A short text as a client's frame; a mask of zeros leaves it as it is. */
function text(words: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | words.length, 0, 0, 0, 0]), Buffer.from(words)]);
}
const PONG = text('3');
