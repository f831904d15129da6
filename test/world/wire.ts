import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

/** A WebSocket made by hand over TCP, which does nothing out of politeness. */
export interface Wire {
  send(text: string): void;
  /** Every text message so far, whole. */
  messages: string[];
  /** The port of ours that it goes out from. */
  port: number;
  /** How many bytes of the connection, the handshake's included, came before the end of the last message. */
  bytes(): number;
  /** Called after each message, and once when the connection is gone. */
  onChange(act: () => void): void;
  /** The code of the WebSocket close frame, if the server has sent one; we do not answer it, and stay. */
  closeCode(): number | undefined;
  /** How the server ended the connection; undefined while it stands. */
  gone(): 'end' | 'reset' | undefined;
  /** Breaks the connection. */
  destroy(): void;
}

/** The server answered the handshake with something else than an upgrade. */
export class Refused extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`The handshake was answered with ${status}: ${body.slice(0, 200)}`);
    this.status = status;
    this.body = body;
  }
}

/** Opens a WebSocket without extensions, so that what arrives can be read. Throws `Refused`. */
export function openWire(url: string, headers: Record<string, string>): Promise<Wire> {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers: { ...headers, ...upgrade }, agent: false, timeout: 10_000 });
    outgoing.on('timeout', () => outgoing.destroy(new Error('The handshake was not answered within 10 s')));
    outgoing.on('error', reject);
    outgoing.on('upgrade', (_answer, socket: Socket, head) => {
      // The time limit is for the handshake: an idle connection is what some tests are about.
      socket.setTimeout(0);
      resolve(speak(socket, head));
    });
    outgoing.on('response', (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => reject(new Refused(answer.statusCode ?? 0, body)));
    });
    outgoing.end();
  });
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

function speak(socket: Socket, head: Buffer): Wire {
  const listeners: (() => void)[] = [];
  const changed = () => listeners.forEach((listener) => listener());
  const messages: string[] = [];
  let closeCode: number | undefined;
  let gone: 'end' | 'reset' | undefined;
  let rest = Buffer.alloc(0);
  let parts: Buffer[] = [];

  const take = (piece: Buffer) => {
    rest = Buffer.concat([rest, piece]);
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.size);
      if (frame.opcode === PING) socket.write(makeFrame(PONG, frame.payload));
      else if (frame.opcode === CLOSE)
        closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
      else if (frame.opcode <= BINARY) {
        parts.push(frame.payload);
        if (!frame.final) continue;
        messages.push(Buffer.concat(parts).toString('utf8'));
        parts = [];
        changed();
      }
    }
  };
  const leave = (how: 'end' | 'reset') => {
    gone ??= how;
    changed();
  };
  socket.on('data', take);
  socket.on('end', () => leave('end'));
  socket.on('error', () => leave('reset'));
  socket.on('close', () => leave('end'));
  take(head);

  return {
    port: socket.localPort ?? 0,
    bytes: () => socket.bytesRead - rest.length,
    send: (text) => void socket.write(makeFrame(TEXT, Buffer.from(text))),
    messages,
    onChange: (act) => void listeners.push(act),
    closeCode: () => closeCode,
    gone: () => gone,
    destroy: () => void socket.destroy(),
  };
}

/** RFC 6455 §5.2, as a server sends it: without a mask. Undefined while the frame is not whole. */
export function readFrame(
  bytes: Buffer,
): { opcode: number; final: boolean; payload: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return undefined;
  const length =
    short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const size = start + length;
  if (bytes.length < size) return undefined;
  const first = bytes.readUInt8(0);
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, payload: bytes.subarray(start, size), size };
}

/** As a client sends it: masked, in one piece. */
export function makeFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const length = payload.length;
  const size = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  size.writeUInt8(0x80 | opcode, 0);
  size.writeUInt8(0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127), 1);
  if (size.length === 4) size.writeUInt16BE(length, 2);
  if (size.length === 10) size.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([size, mask, payload.map((byte, index) => byte ^ mask.readUInt8(index % 4))]);
}
