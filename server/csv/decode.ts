import type { Encoding } from './reading.ts';

/** A file's text, piece by piece; a character that is split over pieces stays whole, a byte order mark is dropped. */
export async function* decode(pieces: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}
