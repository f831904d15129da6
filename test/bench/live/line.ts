import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { makeFrame, readFrame } from '../../world/wire.ts';
import { moment_ms } from './moment.ts';

const CLOSE = 8;

/** One client's socket, as cheap as can be: each text is handed on with the moment of its arrival, and not kept. */
export interface Line {
  /** Sends a Socket.IO event and waits for its acknowledgement, as text. */
  ask(name: string, message: object): Promise<string>;
  close(): void;
}

interface Ears {
  text(text: string, at_ms: number): void;
  /** The server has said goodbye, or the connection has ended. */
  gone?(at_ms: number): void;
}

/** Connects to a node with a cookie, and is let in. */
export async function openLine(base: string, cookie: string, ears: Ears): Promise<Line> {
  const socket = await upgrade(base, cookie);
  const answers = new Map<number, (text: string) => void>();
  let asked = 0;
  let letIn = (): void => undefined;
  const welcome = new Promise<void>((resolve) => (letIn = resolve));
  const hear = (text: string, at_ms: number) => {
    if (text === '2') return void socket.write(makeFrame(1, Buffer.from('3')));
    if (text.startsWith('40')) return letIn();
    if (text.startsWith('0')) return;
    if (!text.startsWith('43')) return ears.text(text, at_ms);
    const [, number = '', body = ''] = /^43(\d+)(.*)$/s.exec(text) ?? [];
    answers.get(Number(number))?.(body);
    answers.delete(Number(number));
  };
  const gone = () => ears.gone?.(moment_ms());
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    const at_ms = moment_ms();
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.size);
      if (frame.opcode === CLOSE) gone();
      else hear(frame.payload.toString('utf8'), at_ms);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', gone);
  const send = (text: string) => void socket.write(makeFrame(1, Buffer.from(text)));
  send('40');
  await welcome;
  return {
    ask(name, message) {
      const number = asked++;
      send(`42${number}${JSON.stringify([name, message])}`);
      return new Promise((resolve) => answers.set(number, resolve));
    },
    close: () => void socket.destroy(),
  };
}

function upgrade(base: string, cookie: string): Promise<Socket> {
  const headers = {
    cookie,
    origin: base,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${base}/socket.io/?EIO=4&transport=websocket`, { headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', ({ statusCode }) =>
      reject(new Error(`The handshake was answered with ${statusCode}`)),
    );
    outgoing.on('upgrade', (_answer, socket: Socket, head) => {
      // A busy machine is no reason to wait for a full packet.
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    outgoing.end();
  });
}
