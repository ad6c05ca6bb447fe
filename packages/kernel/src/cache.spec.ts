import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCache, Rendition } from './cache.ts';
import { Caller } from './caller.ts';
import type { Recorded } from './event.ts';

const film = 'film';
const member = (id: string, role: 'user' | 'client' = 'user') => new Caller({ id, role, teams: new Map([[film, null]]) });
const stranger = new Caller({ id: 'stranger', role: 'user' });
const bytes = (text: string) => new Rendition(Buffer.from(text));
const change = (project_id: string | null) => ({ metadata: { project_id } }) as Recorded;

describe('a kept answer', () => {
  it('is given until something changes in its production or in the studio', () => {
    for (const [what, kept] of [['other', true], [film, false], [null, false]] as const) {
      const cache = openCache();
      cache.keep('/x', member('ada'), [film], 'anyone', cache.mark(), bytes('old'));
      cache.changed([change(what)]);
      expect(cache.find('/x', member('bob')) !== null).toBe(kept);
    }
  });
  it('is dropped by anything when it depends on anything', () => {
    const cache = openCache();
    cache.keep('/x', stranger, ['*'], 'anyone', cache.mark(), bytes('old'));
    expect(cache.find('/x', stranger)).not.toBeNull();
    cache.changed([change('other')]);
    expect(cache.find('/x', stranger)).toBeNull();
  });
  it('is not given to who is not on the team', () => {
    const cache = openCache();
    cache.keep('/x', member('ada'), [film], 'anyone', cache.mark(), bytes('secret'));
    expect(cache.find('/x', stranger)).toBeNull();
    expect(cache.find('/x', new Caller({ id: 'root', role: 'admin' }))).not.toBeNull();
  });
  it('is kept for each role, or for each person', () => {
    const cache = openCache();
    cache.keep('/role', member('ada'), [film], 'role', cache.mark(), bytes('staff'));
    expect(cache.find('/role', member('bob'))?.bytes.toString()).toBe('staff');
    expect(cache.find('/role', member('carl', 'client'))).toBeNull();
    cache.keep('/person', member('ada'), [film], 'person', cache.mark(), bytes('ada'));
    expect(cache.find('/person', member('bob'))).toBeNull();
    expect(cache.find('/person', member('ada'))?.bytes.toString()).toBe('ada');
  });
  it('is not kept when something changed while it was made', () => {
    const cache = openCache();
    const mark = cache.mark();
    cache.changed([change(film)]);
    cache.keep('/x', member('ada'), [film], 'anyone', mark, bytes('old'));
    expect(cache.find('/x', member('ada'))).toBeNull();
  });
  it('is dropped by what other replicas tell, and so is one that was being made', () => {
    const cache = openCache();
    cache.keep('/x', member('ada'), [film], 'anyone', cache.mark(), bytes('old'));
    const mark = cache.mark();
    cache.changedTags(['*']);
    expect(cache.find('/x', member('ada'))).toBeNull();
    cache.changed([change(film)]);
    cache.keep('/x', member('ada'), [film], 'anyone', mark, bytes('old'));
    expect(cache.find('/x', member('ada'))).toBeNull();
  });
  it('makes room for newer ones', () => {
    const cache = openCache(1_000);
    for (let i = 0; i < 30; i++) for (let again = 0; again < 3; again++) cache.keep(`/${i}`, member('ada'), [film], 'anyone', cache.mark(), bytes('x'.repeat(100)));
    expect(cache.find('/0', member('ada'))).toBeNull();
    for (const i of [20, 25, 29]) expect(cache.find(`/${i}`, member('ada'))).not.toBeNull();
  });
});

describe('a rendition', () => {
  it('is packed as the client takes it, once it is worth it', async () => {
    const long = bytes('x'.repeat(5_000));
    expect(brotliDecompressSync((await long.coded('gzip, br')).body)).toHaveLength(5_000);
    expect(gunzipSync((await long.coded('gzip')).body)).toHaveLength(5_000);
    expect((await long.coded('')).coding).toBeNull();
    expect((await bytes('x').coded('gzip')).coding).toBeNull();
    expect(bytes('x').etag).toBe(bytes('x').etag);
    expect(bytes('x').etag).not.toBe(bytes('y').etag);
  });
});
