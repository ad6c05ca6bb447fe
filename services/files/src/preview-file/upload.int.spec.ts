import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { inDatabase } from '@shotlog/test/truth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip, FilmStudio, form, NOBODY, png, until } from '../testing.ts';

let film: FilmStudio;
let movie: Buffer, silent: Buffer;
beforeAll(async () => {
  [film, movie, silent] = await Promise.all([FilmStudio.start({ UPLOAD_MAX_BYTES: '3000000' }), clip(), clip({ sound: false })]);
});
afterAll(() => film?.stop());

const hash = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
const statusOf = async (path: string) => (await film.as.admin.get(path)).status;

describe('movies', () => {
  it.each([['with sound', () => movie], ['without sound', () => silent]])('%s become ready, in the shape of the production', async (_, bytes) => {
    const { id, body } = await film.published('take.mov', bytes());
    expect(body).toMatchObject({ status: 'ready', extension: 'mp4', original_name: 'take', width: 160, height: 90, duration: 0.5, data: { original_width: 160, original_height: 90, original_duration: 0.5 } });
    for (const path of [`/movies/originals/preview-files/${id}.mp4`, `/movies/low/preview-files/${id}.mp4`, `/movies/originals/preview-files/${id}/download`]) {
      const answer = await film.fetch(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp4']);
      await answer.arrayBuffer();
    }
    expect(hash(await film.bytes(`/movies/source/preview-files/${id}.mp4`))).toBe(hash(bytes()));
    for (const path of [`/movies/tiles/preview-files/${id}.png`, `/pictures/thumbnails/preview-files/${id}.png`, `/pictures/thumbnails-square/preview-files/${id}.png`, `/pictures/previews/preview-files/${id}.png`, `/pictures/originals/preview-files/${id}.png`,
      `/actions/preview-files/${id}/extract-frame?frame_number=3`, `/actions/preview-files/${id}/extract-tile`]) {
      expect((await film.bytes(path)).subarray(1, 4).toString(), path).toBe('PNG');
    }
    expect(await statusOf(`/actions/preview-files/${id}/extract-frame?frame_number=600`)).toBe(400);
    expect(await statusOf(`/actions/preview-files/${id}/extract-frame?frame_number=x`)).toBe(400);
  });
  it('that nothing can read stay as broken previews', async () => {
    const { body, id } = await film.published('take.mp4', 'this is no movie');
    expect(body).toMatchObject({ status: 'broken', extension: 'mp4' });
    expect(await statusOf(`/movies/originals/preview-files/${id}.mp4`)).toBe(404);
  });
  it('become the last preview of their task', async () => {
    const { id } = await film.published('take.mp4', movie);
    expect((await film.as.admin.get(`/data/tasks/${film.ids.task}`)).body.last_preview_file_id).toBe(id);
  });
});

describe('bytes', () => {
  it('come in ranges, and not again when they did not change', async () => {
    const { id } = await film.published('take.mp4', movie);
    const path = `/movies/originals/preview-files/${id}.mp4`;
    const [whole, { headers }] = [await film.bytes(path), await film.fetch(path)];
    const part = await film.fetch(path, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, `bytes 10-19/${whole.length}`, '10']);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));
    expect(Buffer.from(await (await film.fetch(path, { range: 'bytes=-7' })).arrayBuffer())).toEqual(whole.subarray(-7));
    expect((await film.fetch(path, { range: `bytes=${whole.length}-` })).status).toBe(416);
    expect((await film.fetch(path, { 'if-none-match': headers.get('etag')! })).status).toBe(304);
    const other = await film.fetch(path, { range: 'bytes=0-1', 'if-range': '"of another file"' });
    expect(other.status).toBe(200);
    expect(headers.get('cache-control')).toContain('private');
    await other.arrayBuffer();
  });
  it('are offered for saving under the name of the work', async () => {
    const { id } = await film.published('x.png', png(8, 8), { task: film.ids.assetTask, as: 'manager' });
    const answer = await film.fetch(`/pictures/originals/preview-files/${id}/download`);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="film_[a-z_]+_cup_[a-z_]+_v1\.png"/);
    await answer.arrayBuffer();
  });
});

describe('pictures and other files', () => {
  it('keep a PNG as it is and make the sizes that clients ask for', async () => {
    const { id, body } = await film.published('cup.PNG', png(1600, 900));
    expect(body).toMatchObject({ status: 'ready', extension: 'png', width: 1600, height: 900, original_name: 'cup' });
    expect(hash(await film.bytes(`/pictures/originals/preview-files/${id}.png`))).toBe(hash(png(1600, 900)));
    for (const [name, size] of [['thumbnails', [150, 100]], ['thumbnails-square', [100, 100]], ['previews', [1200, 675]]] as const) {
      const picture = await film.bytes(`/pictures/${name}/preview-files/${id}.png`);
      expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual(size);
    }
    expect(await statusOf(`/movies/originals/preview-files/${id}.mp4`)).toBe(404);
  });
  it('give other files back as they came', async () => {
    const { id, body } = await film.published('notes.pdf', '%PDF-1.4 pages');
    expect(body).toMatchObject({ status: 'ready', extension: 'pdf', file_size: 14 });
    const answer = await film.fetch(`/pictures/originals/preview-files/${id}.pdf`);
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['application/pdf', '%PDF-1.4 pages']);
    expect(await statusOf(`/pictures/originals/preview-files/${id}.png`)).toBe(404);
    expect(await statusOf(`/pictures/originals/preview-files/${id}.mp4`)).toBe(400);
  });
  it('shut what browsers would run in a sandbox', async () => {
    const { id } = await film.published('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const answer = await film.fetch(`/pictures/originals/preview-files/${id}.svg`);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    await answer.arrayBuffer();
  });
});

describe('what is refused', () => {
  const bomb = () => {
    const bytes = Buffer.from(png(8, 8));
    bytes.writeUInt32BE(100_000, 16);
    bytes.writeUInt32BE(100_000, 20);
    return bytes;
  };
  it.each<[string, string, () => Buffer | string, number]>([
    ['an extension that no preview has', 'notes.exe', () => 'no', 400], ['a program that is called a picture', 'cup.png', () => 'MZ\x90\x00', 400], ['a picture that is called a movie', 'take.mp4', () => png(8, 8), 400],
    ['a movie that is called a picture', 'take.png', () => movie, 400], ['a damaged picture', 'cup.png', () => png(64, 64).subarray(0, 30), 400], ['a picture of ten thousand megapixels', 'cup.png', bomb, 400],
    ['an empty file', 'notes.pdf', () => '', 400], ['a file beyond the limit', 'notes.zip', () => Buffer.alloc(3_000_001), 413],
  ])('%s goes, and the record with it', async (_, name, bytes, status) => {
    const before = (await film.objects()).length;
    const { id } = await film.preview();
    expect((await film.upload(id, name, bytes())).status).toBe(status);
    expect(await statusOf(`/data/preview-files/${id}`)).toBe(404);
    expect((await film.objects()).length).toBe(before);
  });
  it('a form without a file leaves the record', async () => {
    const { id } = await film.preview();
    expect((await film.as.artist.post(`/pictures/preview-files/${id}`)).status).toBe(400);
    expect(await statusOf(`/data/preview-files/${id}`)).toBe(200);
  });
  it('a second file for a preview', async () => {
    const { id } = await film.published('cup.png', png(8, 8));
    expect((await film.upload(id, 'cup.png', png(4, 4))).status).toBe(400);
    expect((await film.bytes(`/pictures/originals/preview-files/${id}.png`)).readUInt32BE(16)).toBe(8);
  });
  it('a name that leads elsewhere is only a name', async () => {
    const { body } = await film.published('../../../etc/cup.png', png(8, 8));
    expect(body.original_name).toBe('cup');
  });
  it('an unknown preview, and an id that is none', async () => {
    expect((await film.upload(NOBODY, 'cup.png', png(8, 8))).status).toBe(404);
    expect((await film.as.admin.post('/pictures/preview-files/..%2F..%2Fetc', form({ file: ['a.png', png(4, 4)] }))).status).toBe(404);
  });
  it('an upload that is cut off leaves neither record nor bytes', async () => {
    const before = (await film.objects()).length;
    const { id } = await film.preview();
    const url = new URL(`${film.studio.base}/pictures/preview-files/${id}`);
    const sent = request(url, { method: 'POST', headers: { authorization: `Bearer ${film.as.artist.token}`, 'content-type': 'multipart/form-data; boundary=X', 'content-length': '2000000' } });
    sent.on('error', () => {});
    sent.write('--X\r\ncontent-disposition: form-data; name="file"; filename="take.mp4"\r\ncontent-type: video/mp4\r\n\r\n');
    sent.write(Buffer.alloc(300_000, 1));
    await until(async () => (await inDatabase(film.studio.embedded.databaseUrl, ['select 1 from files_private.open_process'])).length > 0);
    sent.destroy();
    await until(async () => (await statusOf(`/data/preview-files/${id}`)) === 404);
    await until(async () => (await film.objects()).length === before);
  });
});
