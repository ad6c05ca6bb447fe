import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Body } from './body.ts';
import { measured } from './body.ts';
import { ObjectMissing, RangeNotSatisfiable } from './errors.ts';
import { checkKey } from './storage-key.ts';
import type { ByteRange, LocalFile, ObjectStat, PutInfo, Storage, Stored } from './storage.ts';
import { sweepTemporaries, temporaryPath } from './temporary.ts';

/** So many content types are remembered. */
const MOST_TYPES = 10_000;
/** What a stream holds of a file at a time. */
const PIECE_BYTES = 256 * 1024;

/** `+` is in no key, so a type never stands where an object could. */
const TYPE_SUFFIX = '+type';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A rename is safe from a crash only once the folder that holds the name is on the disk too. */
const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a new file to the disk. */
const writeDurably = async (path: string, body: AsyncIterable<Uint8Array>): Promise<void> => {
  const handle = await open(path, 'wx');
  try {
    for await (const chunk of body) await handle.writeFile(chunk); // from where the last one ended
    await handle.sync();
  } finally {
    await handle.close();
  }
};

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/**
 * Objects as files. `previews/originals/3f2a….png` lies in `<root>/previews/3f/2a/originals~3f2a….png`: two levels by
 * the start of its last part, so that no folder grows beyond what file systems like. Its content type stands beside it.
 */
class FolderStorage implements Storage {
  readonly #root: string;
  readonly #temporaries: string;
  readonly #types = new Map<string, { type: string; modified_ms: number }>();

  constructor(root: string, temporaries: string) {
    this.#root = root;
    this.#temporaries = temporaries;
  }

  #path(key: string): string {
    const [bucket = '', ...parts] = checkKey(key).split('/');
    // Dots become `_`: `a.png` must not make a folder named `.p`, nor `..` one.
    const start = parts.at(-1)!.slice(0, 4).replaceAll('.', '_').padEnd(4, '_');
    return join(this.#root, bucket, start.slice(0, 2), start.slice(2), parts.join('~'));
  }

  async put(key: string, body: Body, info: PutInfo): Promise<Stored> {
    const path = this.#path(key);
    const temporary = temporaryPath(this.#temporaries);
    const type = `${temporary}${TYPE_SUFFIX}`;
    try {
      let stored: Stored;
      await writeDurably(temporary, measured(body, info, (result) => { stored = result; }));
      await writeDurably(type, oneChunk(info.contentType));
      const made = await mkdir(dirname(path), { recursive: true });
      // The type first: an object is there from the moment that its bytes are, and then it is complete.
      await rename(type, `${path}${TYPE_SUFFIX}`);
      await rename(temporary, path);
      await syncFolder(dirname(path));
      if (made) for (let at = dirname(path); at !== this.#root;) await syncFolder(at = dirname(at));
      return stored!;
    } finally {
      await Promise.all([rm(temporary, { force: true }), rm(type, { force: true })]);
    }
  }

  /** An object that is replaced has another time. */
  async #typeOf(path: string, modified_ms: number): Promise<string> {
    const known = this.#types.get(path);
    if (known?.modified_ms === modified_ms) return known.type;
    const type = await readFile(`${path}${TYPE_SUFFIX}`, 'utf8');
    if (this.#types.size >= MOST_TYPES) this.#types.clear();
    this.#types.set(path, { type, modified_ms });
    return type;
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const path = this.#path(key);
    try {
      const found = await stat(path);
      return { size_bytes: found.size, contentType: await this.#typeOf(path, found.mtimeMs), modified_at: found.mtime };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #open(key: string, start: number): Promise<{ handle: FileHandle; size: number }> {
    const handle = await open(this.#path(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new ObjectMissing(key) : error;
    });
    const { size } = await handle.stat();
    if (start === 0 || start < size) return { handle, size };
    await handle.close();
    throw new RangeNotSatisfiable(key, size);
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { handle, size } = await this.#open(key, range?.start ?? 0);
    if (size === 0) {
      await handle.close();
      if (range) throw new RangeNotSatisfiable(key, size);
      return Readable.from([]);
    }
    return handle.createReadStream({ start: range?.start ?? 0, end: Math.min(range?.end ?? size - 1, size - 1), highWaterMark: PIECE_BYTES });
  }

  async bytes(key: string, { start, end }: Required<ByteRange>): Promise<Uint8Array> {
    const { handle, size } = await this.#open(key, start);
    try {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(end, size - 1) - start + 1));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true });
    await rm(`${path}${TYPE_SUFFIX}`, { force: true });
  }

  async localFile(key: string): Promise<LocalFile> {
    if (await this.stat(key) === null) throw new ObjectMissing(key);
    return { path: this.#path(key), release: async () => {} };
  }
}

/** Opens a folder as storage; see `openStorage`. */
export const openFolder = async (folder: string): Promise<Storage> => {
  const root = resolve(folder);
  const temporaries = join(root, '.incoming'); // no bucket starts with a dot
  await sweepTemporaries(temporaries);
  return new FolderStorage(root, temporaries);
};
