import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { SizeMismatch } from './errors.ts';
import type { Stored } from './storage.ts';

/** What can be stored: an upload's stream, a file's, or a generator. */
export type Body = AsyncIterable<Uint8Array> | Readable;

/**
 * The body, ended by `signal` even while it waits for a sender that is silent: neither a stream nor a generator that
 * waits can be asked to stop politely.
 */
async function* until(body: Body, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  let giveUp: (reason: unknown) => void = () => {};
  const abort = (): void => giveUp(signal!.reason);
  signal?.addEventListener('abort', abort);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        chunks.next().then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    if (body instanceof Readable) body.destroy();
    else chunks.return?.().catch(() => {});
  }
}

/**
 * The body counted and hashed on its way; `done` is called at its end. Its source is closed however it ends.
 * @throws SizeMismatch (400) when it is not as long as announced, or the signal's reason.
 */
export async function* measured(body: Body, info: { size?: number; signal?: AbortSignal }, done: (stored: Stored) => void): AsyncGenerator<Uint8Array> {
  const md5 = createHash('md5');
  let size_bytes = 0;
  for await (const chunk of until(body, info.signal)) {
    size_bytes += chunk.byteLength;
    if (info.size !== undefined && size_bytes > info.size) throw new SizeMismatch(info.size, size_bytes);
    md5.update(chunk);
    yield chunk;
  }
  if (info.size !== undefined && size_bytes !== info.size) throw new SizeMismatch(info.size, size_bytes);
  done({ size_bytes, md5: md5.digest('hex') });
}
