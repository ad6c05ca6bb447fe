import { Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Answer } from './serve.ts';

const STALLED_MS = 60_000;

/** A long answer as it is read, packed where the client takes that; a client that stalls is let go, since it holds a connection of the database. */
export const streamed = (pieces: AsyncIterable<string>, headers: Headers, extra: Record<string, string>): Omit<Answer, 'status'> => {
  const packing = /\bgzip\b/.test(headers.get('accept-encoding') ?? '');
  const source = Readable.from(pieces, { objectMode: false, highWaterMark: 256 * 1024 });
  const body = packing ? source.pipe(createGzip({ level: 5 })) : source;
  source.once('error', (error) => body.destroy(error));
  body.once('close', () => source.destroy());
  let timer: NodeJS.Timeout | null = null;
  const watch = new Transform({
    transform(chunk, _, done) {
      if (timer) clearTimeout(timer);
      timer = setTimeout(() => body.destroy(new Error('the client takes nothing more')), STALLED_MS);
      timer.unref();
      done(null, chunk);
    },
  });
  watch.once('close', () => {
    if (timer) clearTimeout(timer);
    body.destroy();
  });
  body.once('error', (error) => watch.destroy(error));
  return {
    body: Readable.toWeb(body.pipe(watch)) as ReadableStream<Uint8Array>,
    headers: { 'content-type': 'application/json', 'cache-control': 'private, no-cache', vary: 'accept-encoding', ...(packing ? { 'content-encoding': 'gzip' } : {}), ...extra },
  };
};
