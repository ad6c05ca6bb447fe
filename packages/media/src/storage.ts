import type { Readable } from 'node:stream';
import type { Body } from './body.ts';
import { openFolder } from './folder-storage.ts';
import { openS3 } from './s3-storage.ts';
import { sweepTemporaries, TEMPORARIES } from './temporary.ts';

/** What is said of an object when it is stored. */
export type PutInfo = {
  contentType: string;
  /** Bytes, when known beforehand. A body of another length is refused with `SizeMismatch` and leaves nothing. */
  size?: number;
  /** Ends the upload; nothing of it remains. */
  signal?: AbortSignal;
};

export type Stored = { size_bytes: number; /** hexadecimal */ md5: string };
export type ObjectStat = { size_bytes: number; contentType: string; modified_at: Date };
/** Bytes, counted from 0; both ends belong to it, as in an HTTP range. An `end` behind the last byte means the last byte. */
export type ByteRange = { start: number; end?: number };
/** A file on this machine with an object's bytes: to be read only, and until `release` is called. */
export type LocalFile = { path: string; release(): Promise<void> };

/**
 * Where previews, attachments and movies are kept. Streams in, streams out: no object is ever whole in memory.
 * Keys are `<bucket>/<name>…` (see `checkKey`); every method throws `InvalidKey` for anything else.
 */
export interface Storage {
  /**
   * Stores a whole object or nothing: readers see the old one until the new one is complete and on the disk, whatever
   * is killed meanwhile. The same key again replaces the object.
   */
  put(key: string, body: Body, info: PutInfo): Promise<Stored>;
  /** Null when there is none. */
  stat(key: string): Promise<ObjectStat | null>;
  /** @throws ObjectMissing (404), RangeNotSatisfiable (416), both before the first byte. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** The same at once, for what is small: a thumbnail, a part that a player asks for. */
  bytes(key: string, range: Required<ByteRange>): Promise<Uint8Array>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** The file itself in a folder, a temporary copy from S3. @throws ObjectMissing (404). */
  localFile(key: string): Promise<LocalFile>;
}

export type S3Options = {
  /** `http://host:9000` or `https://…`; a bare `host:port` is taken for http. */
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  region?: string;
  /** Folder for temporary copies; the system's when absent. */
  temporaryFolder?: string;
};
export type StorageOptions = { folder: string } | { s3: S3Options };

/**
 * Opens (and makes, when missing) the folder or the bucket, and sweeps what a killed process left half-stored.
 * Several processes may open the same one.
 */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
  await sweepTemporaries(TEMPORARIES);
  return 'folder' in options ? openFolder(options.folder) : openS3(options.s3);
};

/**
 * Runs `work` with a local path for each key, in order, and gives temporary copies up again, whatever happens.
 * @throws ObjectMissing (404) for the first key that is not there.
 */
export const withLocalFiles = async <T>(storage: Storage, keys: readonly string[], work: (paths: string[]) => Promise<T>): Promise<T> => {
  const files: LocalFile[] = [];
  try {
    for (const key of keys) files.push(await storage.localFile(key));
    return await work(files.map((file) => file.path));
  } finally {
    await Promise.all(files.map((file) => file.release()));
  }
};
