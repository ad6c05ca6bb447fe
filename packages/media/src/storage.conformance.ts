import { createHash, randomUUID } from 'node:crypto';
import { readFile, stat as statFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidKey, ObjectMissing, RangeNotSatisfiable, SizeMismatch } from './errors.ts';
import { withLocalFiles } from './storage.ts';
import type { Storage } from './storage.ts';

/** A storage to test, and what only an outsider can see: the names of everything that it keeps, unfinished uploads too. */
export type OpenedStorage = { storage: Storage; remains(): Promise<string[]> };

const text = { contentType: 'text/plain' };
const body = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const newKey = (): string => `previews/originals/${randomUUID()}.txt`;
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** 40 MB in pieces of 100 kB, different everywhere: several parts of an S3 upload. */
const big = Buffer.alloc(40_000_000);
for (let at = 0; at < big.length; at += 4) big.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
async function* pieces(until = big.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < until; at += 100_000) yield big.subarray(at, at + 100_000);
}

const brokenAfter = async function* (bytes: number): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes);
  throw new Error('the line broke');
};

const keepsObjects = (at: () => OpenedStorage): void => {
  it('gives back what was put, with size, type, time and md5', async () => {
    const { storage } = at();
    const key = newKey();
    expect(await storage.put(key, body('hello ', 'film'), { ...text, size: 10 })).toEqual({ size_bytes: 10, md5: md5(Buffer.from('hello film')) });
    expect(await storage.stat(key)).toMatchObject({ size_bytes: 10, contentType: 'text/plain' });
    expect(Math.abs((await storage.stat(key))!.modified_at.getTime() - Date.now())).toBeLessThan(60_000);
    expect((await buffer(await storage.read(key))).toString()).toBe('hello film');
  });
  it('takes 40 MB of unknown size from a generator', async () => {
    const { storage } = at();
    const key = newKey();
    expect(await storage.put(key, pieces(), text)).toEqual({ size_bytes: big.length, md5: md5(big) });
    expect(md5(await buffer(await storage.read(key)))).toBe(md5(big));
    expect((await buffer(await storage.read(key, { start: 20_000_000, end: 20_000_009 })))).toEqual(big.subarray(20_000_000, 20_000_010));
    await storage.remove(key);
  });
  it('keeps an empty object', async () => {
    const { storage } = at();
    const key = newKey();
    expect(await storage.put(key, body(), text)).toMatchObject({ size_bytes: 0 });
    expect((await buffer(await storage.read(key))).length).toBe(0);
  });
  it('replaces an object, and a reader that began before finishes with the old one', async () => {
    const { storage } = at();
    const key = newKey();
    await storage.put(key, body('old'), text);
    const reader = await storage.read(key);
    await storage.put(key, body('newer'), { contentType: 'image/png' });
    expect((await buffer(reader)).toString()).toBe('old');
    expect((await buffer(await storage.read(key))).toString()).toBe('newer');
    expect(await storage.stat(key)).toMatchObject({ size_bytes: 5, contentType: 'image/png' });
  });
  it('forgets what is removed, and removes what is not there without complaint', async () => {
    const { storage } = at();
    const key = newKey();
    await storage.put(key, body('x'), text);
    await storage.remove(key);
    await storage.remove(key);
    expect(await storage.stat(key)).toBeNull();
    await expect(storage.read(key)).rejects.toThrow(ObjectMissing);
    await expect(storage.localFile(key)).rejects.toThrow(ObjectMissing);
  });
};

const readsRanges = (at: () => OpenedStorage): void => {
  const key = newKey();
  beforeAll(() => at().storage.put(key, body('0123456789'), text));
  const range = async (start: number, end?: number): Promise<string> =>
    (await buffer(await at().storage.read(key, end === undefined ? { start } : { start, end }))).toString();

  it('reads both ends of a range', async () => expect(await range(2, 4)).toBe('234'));
  it('reads one byte', async () => expect(await range(0, 0)).toBe('0'));
  it('reads to the end when none is given', async () => expect(await range(7)).toBe('789'));
  it('stops at the last byte', async () => expect(await range(8, 999)).toBe('89'));
  it('gives a range at once, up to the last byte', async () => {
    const bytes = async (start: number, end: number) => Buffer.from(await at().storage.bytes(key, { start, end })).toString();
    expect([await bytes(0, 9), await bytes(2, 4), await bytes(9, 9), await bytes(8, 999)]).toEqual(['0123456789', '234', '9', '89']);
    await expect(bytes(10, 11)).rejects.toMatchObject({ status: 416 });
    await expect(at().storage.bytes(newKey(), { start: 0, end: 1 })).rejects.toThrow(ObjectMissing);
  });
  it('refuses a range behind the end with its size', () =>
    expect(range(10, 11)).rejects.toMatchObject({ name: new RangeNotSatisfiable(key, 10).name, status: 416, data: { size_bytes: 10 } }));
};

const leavesNothing = (at: () => OpenedStorage): void => {
  const nothingOf = async (key: string, before: string[]): Promise<void> => {
    expect(await at().storage.stat(key)).toBeNull();
    expect(await at().remains()).toEqual(before);
  };
  it.each([['in its first part', 300_000], ['after several parts', 36_000_000]])('leaves nothing of a body that breaks %s', async (_, bytes) => {
    const key = newKey();
    const before = await at().remains();
    await expect(at().storage.put(key, brokenAfter(bytes), text)).rejects.toThrow('the line broke');
    await nothingOf(key, before);
  });
  it.each(['stream', 'generator'])('leaves nothing of a silent %s that its caller gives up', async (form) => {
    const key = newKey();
    const before = await at().remains();
    const giveUp = new AbortController();
    const silent = async function* (): AsyncGenerator<Uint8Array> {
      yield* pieces(36_000_000);
      giveUp.abort();
      await new Promise(() => {}); // a client that sends no more
    };
    const sent = form === 'stream' ? Readable.from(silent()) : silent();
    await expect(at().storage.put(key, sent, { ...text, signal: giveUp.signal })).rejects.toThrow(/abort/i);
    await nothingOf(key, before);
  });
  it.each([['short', 400_000], ['long', 200_000]])('refuses a body that is too %s for its announced size', async (_, size) => {
    const key = newKey();
    const before = await at().remains();
    await expect(at().storage.put(key, pieces(300_000), { ...text, size })).rejects.toThrow(SizeMismatch);
    await nothingOf(key, before);
  });
  it('keeps the old object when its replacement breaks', async () => {
    const key = newKey();
    await at().storage.put(key, body('old'), text);
    await expect(at().storage.put(key, brokenAfter(300_000), text)).rejects.toThrow('the line broke');
    expect((await buffer(await at().storage.read(key))).toString()).toBe('old');
  });
  it('ends with one whole body when two are put at once', async () => {
    const key = newKey();
    await Promise.all([at().storage.put(key, body('aa', 'aa'), text), at().storage.put(key, body('bb', 'bb'), text)]);
    expect((await buffer(await at().storage.read(key))).toString()).toMatch(/^(aaaa|bbbb)$/);
  });
};

const givesFiles = (at: () => OpenedStorage): void => {
  it('gives local files in order, and takes copies back', async () => {
    const { storage } = at();
    const keys = [newKey(), newKey()];
    for (const key of keys) await storage.put(key, body(key), text);
    const given = await withLocalFiles(storage, keys, async (paths) => {
      expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(keys);
      return paths;
    });
    const left = await Promise.all(given.map((path) => statFile(path).then(() => true, () => false)));
    const again = await Promise.all(keys.map((key) => storage.localFile(key)));
    expect(left).toEqual(again.map((file, index) => file.path === given[index])); // the same path twice: the object itself
    await Promise.all(again.map((file) => file.release()));
  });
  it('takes copies back when the work fails', async () => {
    const { storage } = at();
    const key = newKey();
    await storage.put(key, body('kept'), text);
    await expect(withLocalFiles(storage, [key, newKey()], async () => {})).rejects.toThrow(ObjectMissing);
    await expect(withLocalFiles(storage, [key], async () => { throw new Error('no ffmpeg'); })).rejects.toThrow('no ffmpeg');
    expect((await buffer(await storage.read(key))).toString()).toBe('kept');
  });
  it.each(['', 'previews', '/etc/passwd', '../x', 'previews/../../x', 'previews/..', 'previews//x', 'previews/.incoming',
    'previews/X', 'previews/a b', 'previews/a\0', 'previews\\x', `previews/${'x'.repeat(200)}`, '.incoming/x', 'previews/a~b'])(
    'refuses the key %j everywhere', async (key) => {
      const { storage } = at();
      await expect(storage.put(key, body('x'), text)).rejects.toThrow(InvalidKey);
      await expect(storage.stat(key)).rejects.toThrow(InvalidKey);
      await expect(storage.read(key)).rejects.toThrow(InvalidKey);
      await expect(storage.remove(key)).rejects.toThrow(InvalidKey);
      await expect(storage.localFile(key)).rejects.toThrow(InvalidKey);
    });
};

/** What every storage must do. `open` is called once, before the first test. */
export const storageConformance = (name: string, open: () => Promise<OpenedStorage>): void => {
  describe(`storage: ${name}`, () => {
    let opened: OpenedStorage;
    beforeAll(async () => { opened = await open(); });
    keepsObjects(() => opened);
    readsRanges(() => opened);
    leavesNothing(() => opened);
    givesFiles(() => opened);
  });
};
