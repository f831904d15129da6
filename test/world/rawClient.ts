import { type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body as it came. */
  text: string;
  /** The body as JSON if it says that it is, else as text; null if empty. */
  body: unknown;
}

/** A header given as `undefined` is not sent. */
export type Headers = Record<string, string | undefined>;

/**
 * Speaks HTTP as a stranger's program would: nothing is added but the cookies it was given and an `Origin`, and
 * any header, `Host` among them, can be set or left out. Keeps every byte that it was sent.
 */
export class RawClient {
  readonly base: string;
  readonly cookies: Map<string, string>;
  /** Headers that go with every request. */
  readonly headers: Headers;
  #received: string[];

  constructor(base: string, from?: RawClient) {
    this.base = base;
    this.cookies = from?.cookies ?? new Map<string, string>();
    this.headers = { ...from?.headers, origin: base };
    this.#received = from ? from.#received : [];
  }

  /** The same person, with the same cookies, at another node. */
  at(base: string): RawClient {
    return new RawClient(base, this);
  }

  get = (path: string, headers?: Headers) => this.send('GET', path, undefined, headers);
  post = (path: string, body?: unknown, headers?: Headers) => this.send('POST', path, body, headers);
  patch = (path: string, body?: unknown, headers?: Headers) => this.send('PATCH', path, body, headers);
  put = (path: string, body?: unknown, headers?: Headers) => this.send('PUT', path, body, headers);
  delete = (path: string, body?: unknown, headers?: Headers) => this.send('DELETE', path, body, headers);

  /** A string goes out as it is, anything else as JSON. Fails only if no answer comes, or not within 30 s. */
  send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const all: Headers = {
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(payload)}` }),
      ...(this.cookies.size > 0 ? { cookie: this.cookieHeader() } : {}),
      ...this.headers,
      ...headers,
    };
    const { hostname, port } = new URL(this.base);
    return new Promise((resolve, reject) => {
      // The path is given as it is, so that malformed ones reach the server, too.
      const outgoing = request({
        host: hostname,
        port,
        path,
        method,
        headers: given(all),
        agent: false,
        timeout: 30_000,
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8');
          this.#received.push(incoming.rawHeaders.join('\n'), text);
          for (const line of incoming.headers['set-cookie'] ?? []) this.#keep(line);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            body: parse(text, incoming.headers),
          });
        });
      });
      outgoing.end(payload);
    });
  }

  /** Everything received so far, headers and bodies, as text. */
  bytes(): string {
    return this.#received.join('\n');
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', ...value] = pair.split('=');
    const ends = attributes
      .map((text) => /^(max-age|expires)=(.*)$/i.exec(text))
      .filter((match) => match !== null);
    const over = ends.some(([, key = '', when = '']) =>
      /max-age/i.test(key) ? Number(when) <= 0 : new Date(when) <= new Date(),
    );
    if (over) this.cookies.delete(name);
    else this.cookies.set(name, value.join('='));
  }
}

/** A client that is signed in; fails, with the answer, if that is refused. */
export async function signIn(base: string, email: string, password: string): Promise<RawClient> {
  const client = new RawClient(base);
  const answer = await client.post('/api/session', { email, password });
  if (answer.status !== 200)
    throw new Error(`${email} cannot sign in at ${base}: ${answer.status} ${answer.text}`);
  return client;
}

function given(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function parse(text: string, headers: IncomingHttpHeaders): unknown {
  if (text === '') return null;
  return /\bjson\b/.test(headers['content-type'] ?? '') ? JSON.parse(text) : text;
}
