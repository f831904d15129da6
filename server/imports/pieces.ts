import { IMPORT_LIMITS, malformed, tooLarge } from '../../shared/protocol/index.ts';
import type { App } from '../lib/app.ts';

const PIECE_BYTES = 1_048_576;

/**
 * Keeps a file as it comes in, each piece in a statement of its own: however slowly it comes, it holds no transaction.
 * `mustGoOn` is asked before every piece. Answers its size; a throw leaves nothing of it.
 * @throws ApiError `too_large`, `malformed` (the sender went away, or sent nothing)
 */
export async function keepPieces(
  { sql }: Pick<App, 'sql'>,
  id: string,
  body: AsyncIterable<Uint8Array>,
  mustGoOn: () => Promise<void> = async () => undefined,
): Promise<number> {
  let bytes = 0;
  let position = 0;
  let waiting: Uint8Array[] = [];
  let held = 0;
  const flush = async () => {
    await mustGoOn();
    const piece = Buffer.concat(waiting);
    [waiting, held] = [[], 0];
    await sql`insert into import_piece (import_id, position, bytes) values (${id}, ${position++}, ${piece})`;
  };
  try {
    for await (const some of whole(body)) {
      bytes += some.length;
      if (bytes > IMPORT_LIMITS.bytes) throw tooLarge(`A file has at most ${IMPORT_LIMITS.bytes} bytes`);
      waiting.push(some);
      held += some.length;
      if (held >= PIECE_BYTES) await flush();
    }
    if (held > 0) await flush();
    if (bytes === 0) throw malformed('The file is empty');
    return bytes;
  } catch (error) {
    await dropPieces({ sql }, id);
    throw error;
  }
}

/** A sender who goes away is no surprise of ours. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await source.next().catch(() => {
      throw malformed('The file did not arrive whole');
    });
    if (next.done) return;
    yield next.value;
  }
}

/** The file as it came. */
export async function* piecesOf({ sql }: Pick<App, 'sql'>, id: string): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; position += 1) {
    const [piece] = await sql<{ bytes: Uint8Array }[]>`
      select bytes from import_piece where import_id = ${id} and position = ${position}
    `;
    if (!piece) return;
    yield piece.bytes;
  }
}

export const dropPieces = ({ sql }: Pick<App, 'sql'>, id: string) =>
  sql`delete from import_piece where import_id = ${id}`;
