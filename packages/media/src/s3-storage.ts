import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Client } from 'minio';
import type { Body } from './body.ts';
import { measured } from './body.ts';
import { ObjectMissing, RangeNotSatisfiable, StorageUnavailable } from './errors.ts';
import { checkKey } from './storage-key.ts';
import type { ByteRange, LocalFile, ObjectStat, PutInfo, S3Options, Storage, Stored } from './storage.ts';
import { sweepTemporaries, TEMPORARIES, temporaryPath } from './temporary.ts';

/** S3 takes 10,000 parts of at least 5 MiB: 16 MiB leaves room for 160 GB when the size is not known. */
const PART_BYTES = 16 * 1024 * 1024;
const MOST_PARTS = 10_000;
const DAY_MS = 24 * 60 * 60 * 1000;

const isMissing = (error: unknown): boolean => ['NotFound', 'NoSuchKey'].includes((error as { code?: string }).code ?? '');

/** What passes: a server that is away, or says that it has too much to do. */
const PASSING = /^(E[A-Z]+|SlowDown|InternalError|ServiceUnavailable|RequestTimeout|XMinioServerNotInitialized)$/;
const reached = <T>(call: Promise<T>): Promise<T> => call.catch((error: unknown) => {
  throw PASSING.test((error as { code?: string }).code ?? '') ? new StorageUnavailable(error) : error;
});

/** Cuts a stream into parts of `bytes`, the last one shorter; an empty stream gives one empty part. */
async function* cut(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let length = 0;
  let given = false;
  for await (const chunk of body) {
    for (let at = 0; at < chunk.byteLength;) {
      const piece = chunk.subarray(at, at + bytes - length);
      held.push(piece);
      length += piece.byteLength;
      at += piece.byteLength;
      if (length === bytes) {
        yield Buffer.concat(held);
        [held, length, given] = [[], 0, true];
      }
    }
  }
  if (length > 0 || !given) yield Buffer.concat(held);
}

/**
 * Objects in one bucket of S3, MinIO or Swift's S3 API. Parts are uploaded by hand: the client's own `putObject` holds
 * half a gigabyte when it does not know the size, waits for ever when the body breaks, and resumes strangers' uploads.
 */
class S3Storage implements Storage {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #temporaries: string;

  constructor(client: Client, bucket: string, temporaries: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#temporaries = temporaries;
  }

  async put(key: string, body: Body, info: PutInfo): Promise<Stored> {
    checkKey(key);
    let stored: Stored | undefined;
    const bytes = Math.max(PART_BYTES, Math.ceil((info.size ?? 0) / MOST_PARTS));
    const parts = cut(measured(body, info, (result) => { stored = result; }), bytes);
    const headers = { 'Content-Type': info.contentType };
    try {
      const first = await parts.next();
      const second = await parts.next(); // ends the stream when there is no second part, so the size is checked by now
      if (second.done) await reached(this.#client.putObject(this.#bucket, key, first.value!, first.value!.length, headers));
      else await this.#putParts(key, (async function* () { yield first.value!; yield second.value; yield* parts; })(), headers);
    } finally {
      await parts.return(undefined); // closes the body when S3 failed before its end
    }
    return stored!;
  }

  async #putParts(key: string, parts: AsyncIterable<Buffer>, headers: Record<string, string>): Promise<void> {
    const uploadID = await reached(this.#client.initiateNewMultipartUpload(this.#bucket, key, headers));
    try {
      const done: { part: number; etag: string }[] = [];
      for await (const part of parts) {
        const partNumber = done.length + 1;
        const md5 = createHash('md5').update(part).digest('base64');
        const { etag } = await reached(this.#client.uploadPart({
          bucketName: this.#bucket, objectName: key, uploadID, partNumber,
          headers: { 'Content-Length': String(part.length), 'Content-MD5': md5 },
        }, part));
        done.push({ part: partNumber, etag });
      }
      await reached(this.#client.completeMultipartUpload(this.#bucket, key, uploadID, done));
    } catch (error) {
      // What failed to be aborted now is swept by a later start.
      await this.#client.abortMultipartUpload(this.#bucket, key, uploadID).catch(() => {});
      throw error;
    }
  }

  async stat(key: string): Promise<ObjectStat | null> {
    try {
      const found = await reached(this.#client.statObject(this.#bucket, checkKey(key)));
      const contentType = (found.metaData as Record<string, string>)['content-type'] ?? 'application/octet-stream';
      return { size_bytes: found.size, contentType, modified_at: found.lastModified };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const found = await this.stat(key);
    if (found === null) throw new ObjectMissing(key);
    if (range && range.start >= found.size_bytes) throw new RangeNotSatisfiable(key, found.size_bytes);
    try {
      if (!range) return await reached(this.#client.getObject(this.#bucket, key));
      const end = Math.min(range.end ?? found.size_bytes - 1, found.size_bytes - 1);
      return await reached(this.#client.getPartialObject(this.#bucket, key, range.start, end - range.start + 1));
    } catch (error) {
      throw isMissing(error) ? new ObjectMissing(key) : error;
    }
  }

  async bytes(key: string, range: Required<ByteRange>): Promise<Uint8Array> {
    return buffer(await this.read(key, range));
  }

  async remove(key: string): Promise<void> {
    await reached(this.#client.removeObject(this.#bucket, checkKey(key)));
  }

  async localFile(key: string): Promise<LocalFile> {
    const body = await this.read(key);
    const path = `${temporaryPath(this.#temporaries)}${extname(key)}`;
    const release = () => rm(path, { force: true });
    try {
      await pipeline(body, createWriteStream(path, { flags: 'wx' }));
    } catch (error) {
      await release();
      throw error;
    }
    return { path, release };
  }

  /** Aborts uploads that began more than a day ago: their process is gone, and S3 charges for their parts. */
  async sweepUploads(): Promise<void> {
    for await (const upload of this.#client.listIncompleteUploads(this.#bucket, '', true)) {
      if (Date.now() - upload.initiated.getTime() > DAY_MS) await this.#client.abortMultipartUpload(this.#bucket, upload.key, upload.uploadId);
    }
  }
}

const makeBucket = async (client: Client, { bucket, region = '' }: S3Options): Promise<void> => {
  if (await client.bucketExists(bucket)) return;
  await client.makeBucket(bucket, region).catch((error: { code?: string }) => {
    if (error.code !== 'BucketAlreadyOwnedByYou') throw error; // another replica was faster
  });
};

/** Opens a bucket as storage, making it when it is missing; see `openStorage`. */
export const openS3 = async (options: S3Options): Promise<Storage> => {
  const url = new URL(/^https?:\/\//.test(options.endpoint) ? options.endpoint : `http://${options.endpoint}`);
  const client = new Client({
    endPoint: url.hostname, useSSL: url.protocol === 'https:', accessKey: options.accessKey, secretKey: options.secretKey,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    ...(options.region ? { region: options.region } : {}),
  });
  await makeBucket(client, options).catch((cause: Error) => {
    throw new Error(`The object storage at ${url.origin} cannot be used (${cause.message || (cause as { code?: string }).code}). Is it running, and are S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY right?`, { cause });
  });
  const temporaries = options.temporaryFolder ? join(options.temporaryFolder, 'shotlog-media') : TEMPORARIES;
  await sweepTemporaries(temporaries);
  const storage = new S3Storage(client, options.bucket, temporaries);
  await storage.sweepUploads();
  return storage;
};
