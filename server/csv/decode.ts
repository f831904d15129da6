import type { Encoding } from './reading.ts';

/** A file's text, piece by piece; a character that is split over pieces stays whole, byte order marks are dropped. */
export async function* decode(pieces: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let begun = false;
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    // Programs that put one in front of a file that has one leave two.
    const shown: string = begun ? text : text.replace(/^\uFEFF+/, '');
    begun ||= shown !== '';
    yield shown;
  }
  yield decoder.decode();
}
