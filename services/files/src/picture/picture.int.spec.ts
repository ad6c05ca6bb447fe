import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilmStudio, form, NOBODY, png, until, type Role } from '../testing.ts';

const EVERYBODY: Role[] = ['admin', 'manager', 'supervisor', 'artist', 'unassigned', 'client', 'vendor', 'stranger'];
let film: FilmStudio;
beforeAll(async () => { film = await FilmStudio.start(); });
afterAll(() => film?.stop());

const face = () => form({ file: ['face.png', png(600, 300)] });
/** A Radiance picture of 8 x 4 pixels, not packed. */
const hdr = () => Buffer.concat([Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 8\n'), Buffer.alloc(8 * 4 * 4, 128)]);

describe('pictures of persons, productions and the studio', () => {
  it('are set by whose they are and who manages them', async () => {
    const [organisation] = (await film.as.admin.get('/data/organisations')).body;
    const nobodyElse = { supervisor: 403, unassigned: 403, client: 403, vendor: 403, stranger: 403 };
    const expected = { [`persons/${film.persons.artist}`]: { ...nobodyElse, admin: 201, manager: 403, artist: 201 }, [`projects/${film.ids.project}`]: { ...nobodyElse, admin: 201, manager: 201, artist: 403 },
      [`organisations/${organisation.id}`]: { ...nobodyElse, admin: 201, manager: 403, artist: 403 } };
    for (const [path, statuses] of Object.entries(expected)) {
      expect((await film.as.admin.get(`/pictures/thumbnails/${path}.png`)).status, path).toBe(404);
      expect(await film.statuses(EVERYBODY, (as) => as.post(`/pictures/thumbnails/${path}`, face())), path).toEqual(statuses);
      const picture = await film.bytes(`/pictures/thumbnails/${path}.png`);
      expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([400, 200]);
      expect((await film.as.admin.post(`/pictures/thumbnails/${path}.png`, face())).body).toEqual({ thumbnail_path: `pictures/thumbnails/${path}.png` });
    }
    expect((await film.as.stranger.get(`/pictures/thumbnails/projects/${film.ids.project}.png`)).status).toBe(403);
    for (const path of [`/data/persons/${film.persons.artist}`, `/data/projects/${film.ids.project}`, `/data/organisations/${organisation.id}`]) {
      await until(async () => (await film.as.admin.get(path)).body.has_avatar === true);
    }
  });
  it('go when a person clears theirs', async () => {
    await film.as.vendor.must('POST', `/pictures/thumbnails/persons/${film.persons.vendor}`, face());
    await film.as.vendor.delete('/actions/user/clear-avatar');
    await until(async () => (await film.as.vendor.get(`/pictures/thumbnails/persons/${film.persons.vendor}.png`)).status === 404);
  });
  it('are pictures, of somebody who is there', async () => {
    const set = (id: string, files: FormData) => film.as.admin.post(`/pictures/thumbnails/persons/${id}`, files);
    expect((await set(film.persons.artist, form({ file: ['face.png', 'no picture'] }))).status).toBe(400);
    expect((await set(film.persons.artist, form({}))).status).toBe(400);
    expect((await set(NOBODY, face())).status).toBe(404);
    expect((await set('..%2F..', face())).status).toBe(404);
  });
});

describe('preview backgrounds', () => {
  const create = async (name: string) => (await film.as.admin.must('POST', '/data/preview-background-files', { name })).id;
  it('are HDR pictures with a thumbnail, in the context of clients', async () => {
    const id = await create('Sky');
    expect((await film.as.admin.post(`/pictures/preview-background-files/${id}`, form({ file: ['sky.hdr', hdr()] }))).body).toMatchObject({ extension: 'hdr', original_name: 'sky', file_size: hdr().length });
    expect((await film.bytes(`/pictures/preview-background-files/${id}.hdr`, 'artist')).equals(hdr())).toBe(true);
    expect((await film.bytes(`/pictures/thumbnails/preview-background-files/${id}.png`, 'artist')).subarray(1, 4).toString()).toBe('PNG');
    expect((await film.as.artist.get(`/pictures/preview-background-files/${id}.png`)).status).toBe(404);
    expect((await film.as.artist.get('/data/user/context')).body.preview_background_files).toMatchObject([{ id, name: 'Sky', extension: 'hdr' }]);
    expect((await film.as.admin.post(`/pictures/thumbnails/preview-background-files/${id}.png`, face())).status).toBe(201);
  });
  it('are refused when they are none, and go with the record', async () => {
    for (const [name, bytes] of [['sky.png', png(4, 4)], ['sky.hdr', png(4, 4)]] as const) {
      const id = await create(name);
      expect((await film.as.admin.post(`/pictures/preview-background-files/${id}`, form({ file: [name, bytes] }))).status).toBe(400);
      expect((await film.as.admin.get(`/data/preview-background-files/${id}`)).status).toBe(404);
    }
    const id = await create('Kept');
    expect((await film.as.admin.post(`/pictures/preview-background-files/${id}`)).status).toBe(400);
    expect((await film.as.artist.post(`/pictures/preview-background-files/${id}`, form({ file: ['sky.hdr', hdr()] }))).status).toBe(403);
    expect((await film.as.admin.get(`/data/preview-background-files/${id}`)).status).toBe(200);
  });
});
