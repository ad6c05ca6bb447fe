import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import busboy from 'busboy';
import { DomainError, Invalid, type Request } from '@shotlog/kernel';

const PEEK_BYTES = 512;

/** A file as it arrives. `body` is read once, by whoever takes the file. */
export type Incoming = {
  field: string;
  /** As the client names it, without any folder. Never part of a path. */
  name: string;
  contentType: string;
  /** The first bytes, which tell what the file really is. */
  firstBytes: Uint8Array;
  body: AsyncIterable<Uint8Array>;
};
/** `maxBytes` is of each file. A form with more than `maxFiles` (50 by default) is refused, unless `ignoreMore`: then the first ones count. */
export type Limits = { maxBytes: number; maxFiles?: number; ignoreMore?: boolean };
export const MOST_FILES = 50;
export type Received<T> = { files: T[]; fields: Record<string, string> };

/** The last part of a name, whatever separators it was sent with; control characters and leading dots are dropped. */
export const plainName = (name: string): string =>
  (name.replaceAll('\\', '/').split('/').at(-1) ?? '').replace(/[\u0000-\u001f\u007f]/g, '').replace(/^\.+/, '').slice(0, 250);

/** The extension without its dot, in lower case; a name without one is its own extension, as clients of the API know it. */
export const extensionOf = (name: string): string => (name.split('.').at(-1) ?? '').toLowerCase();

const tooLarge = (limits: Limits) => new DomainError('Invalid', `The file is larger than the ${limits.maxBytes} bytes that are taken here.`, { status: 413 });

/** The first bytes and, behind them, the same stream from its start, ended with an error when the limit cut it. `drop` reads and forgets the rest. */
const opened = async (stream: Readable & { truncated?: boolean }, limits: Limits): Promise<Pick<Incoming, 'firstBytes' | 'body'> & { drop(): Promise<void> }> => {
  const chunks: Buffer[] = [];
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let size = 0;
  while (size < PEEK_BYTES) {
    const { value, done } = await iterator.next();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) break;
      yield value;
    }
    if (stream.truncated) throw tooLarge(limits);
  }
  const drop = async () => { while (!(await iterator.next()).done) continue; };
  return { firstBytes: Buffer.concat(chunks).subarray(0, PEEK_BYTES), body: body(), drop };
};

/**
 * Reads a form's files one after another as they arrive, each handed to `take`, never whole in memory. The first refusal ends it;
 * what follows is read and dropped, so that the client hears of it.
 * @throws Invalid (400) for what is no form or was cut off, DomainError 413, whatever `take` throws.
 */
export const receive = async <T>(request: Pick<Request, 'headers' | 'stream'>, take: (file: Incoming) => Promise<T>, limits: Limits): Promise<Received<T>> => {
  const contentType = request.headers.get('content-type') ?? '';
  if (!request.stream || !contentType.startsWith('multipart/form-data')) return { files: [], fields: {} };
  const fields: Record<string, string> = {};
  const taken: Promise<T>[] = [];
  let refusal: unknown = null;
  const form = open(contentType, limits);
  if (!limits.ignoreMore) form.on('filesLimit', () => { refusal ??= new Invalid(`A form holds at most ${limits.maxFiles ?? MOST_FILES} files here.`); });
  form.on('field', (name, value) => { fields[name] = value; });
  form.on('file', (field, stream, info) => {
    const name = plainName(info.filename ?? '');
    stream.on('error', () => {});
    if (name === '' || refusal !== null) return void stream.resume();
    const work = opened(stream, limits).then(async ({ drop, ...file }) => {
      try {
        return await take({ field, name, contentType: info.mimeType, ...file });
      } catch (error) {
        refusal ??= error;
        await drop().catch(() => {});
        throw error;
      }
    });
    taken.push(work);
    work.catch(() => {});
  });
  const source = Readable.fromWeb(request.stream as unknown as NodeStream);
  const cut = await pipeline(source, form).then(() => null, (error: unknown) => error);
  const results = await Promise.allSettled(taken);
  if (cut !== null && !(refusal instanceof DomainError)) throw new Invalid('The upload ended before its end.');
  if (refusal !== null) throw refusal;
  return { files: results.map((r) => (r as PromiseFulfilledResult<T>).value), fields };
};

const open = (contentType: string, limits: Limits) => {
  try {
    return busboy({ headers: { 'content-type': contentType }, defParamCharset: 'utf8', preservePath: true,
      // A file that just fills busboy's limit counts as cut.
      limits: { fileSize: limits.maxBytes + 1, files: limits.maxFiles ?? MOST_FILES, fields: 200, fieldSize: 2 * 1024 * 1024, parts: 300 } });
  } catch {
    throw new Invalid('The body is no form that can be read.');
  }
};

/** The one file of a form. @throws Invalid (400) when there is none. */
export const receiveOne = async <T>(request: Pick<Request, 'headers' | 'stream'>, take: (file: Incoming) => Promise<T>, limits: Limits): Promise<{ file: T; fields: Record<string, string> }> => {
  const { files, fields } = await receive(request, take, { ...limits, maxFiles: 1, ignoreMore: true });
  if (files.length === 0) throw new Invalid('No file was sent.');
  return { file: files[0]!, fields };
};
