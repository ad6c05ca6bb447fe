import { createHash, randomBytes } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { form, png } from '@shotlog/files/testing';
import { openStorage } from '@shotlog/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mainJob, until, type Done } from './main-job.ts';
import { noS3, objectNames, s3Settings, startS3, type StartedS3 } from './s3.ts';
import { startStudio, type Client, type Studio } from './studio.ts';

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
let s3: StartedS3;
let studio: Studio;
let admin: Client;
let done: Done;

const studioOverS3 = () => {
  beforeAll(async () => {
    s3 = await startS3();
    const dataDir = await mkdtemp(join(tmpdir(), 'shotlog-s3-'));
    studio = await startStudio({ dataDir, env: s3Settings(s3, dataDir) });
    admin = await studio.signIn();
  }, 120_000);
  afterAll(async () => {
    await studio?.stop();
    await s3?.stop();
    if (studio) await rm(studio.dataDir, { recursive: true, force: true });
  }, 60_000);

  const keys = () => objectNames(studio.config);
  const fetched = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(studio.base + path, { headers: { authorization: `Bearer ${admin.token}`, ...headers } });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const newComment = async () => (await admin.must('POST', `/actions/tasks/${done.tasks[0].id}/comment`, { task_status_id: (await admin.must('GET', '/data/task-status'))[0].id, comment: 'look' })).id;
  const publish = async (name: string, bytes: Buffer): Promise<any> => {
    const { id } = await admin.must('POST', `/actions/tasks/${done.tasks[0].id}/comments/${await newComment()}/add-preview`);
    return admin.must('POST', `/pictures/preview-files/${id}`, form({ file: [name, bytes] }));
  };

  it('does the whole main job: a shot list in, a movie out', async () => {
    done = await mainJob({ base: studio.base, natsUrl: studio.embedded.natsUrl, signIn: studio.signIn });
    expect(await keys()).toEqual(expect.arrayContaining([`playlists/movies/${done.job.id}.mp4`, ...done.playlist.shots.map((s: any) => `movies/high/${s.preview_file_id}.mp4`)]));
    await expect(access(join(studio.dataDir, 'objects'))).rejects.toThrow('ENOENT');
  }, 180_000);

  it('takes a file of several parts, and gives it back whole and in ranges across them', async () => {
    const sent = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(40_000_000)]);
    const { id } = await publish('book.pdf', sent);
    const path = `/pictures/originals/preview-files/${id}.pdf`;
    expect(md5((await fetched(path)).bytes)).toBe(md5(sent));
    const part = await fetched(path, { range: 'bytes=16777000-16777999' });
    expect([part.status, part.headers.get('content-range'), part.bytes.equals(sent.subarray(16_777_000, 16_778_000))]).toEqual([206, `bytes 16777000-16777999/${sent.length}`, true]);
    expect((await fetched(path, { range: `bytes=${sent.length}-` })).status).toBe(416);
    await admin.delete(`/data/preview-files/${id}?force=true`);
    await until('its objects are gone', async () => !(await keys()).some((key) => key.includes(id)));
  }, 120_000);

  it('keeps pictures, thumbnails and attachments', async () => {
    const { id } = await publish('frame.png', png(1600, 900));
    expect((await fetched(`/pictures/originals/preview-files/${id}.png`)).bytes.equals(png(1600, 900))).toBe(true);
    expect((await fetched(`/pictures/thumbnails/preview-files/${id}.png`)).bytes.readUInt32BE(16)).toBe(150);
    const [attachment] = await admin.must('POST', `/actions/tasks/${done.tasks[0].id}/comments/${await newComment()}/add-attachment`, form({ file: ['note.png', png(300, 200)] }));
    expect((await fetched(`/data/attachment-files/${attachment.id}/file/note.png`)).bytes.equals(png(300, 200))).toBe(true);
    const part = await fetched(`/data/attachment-files/${attachment.id}/file/note.png`, { range: 'bytes=1-3' });
    expect([part.status, part.bytes.toString()]).toEqual([206, 'PNG']);
    await admin.must('POST', `/pictures/thumbnails/projects/${done.project.id}`, form({ file: ['face.png', png(600, 300)] }));
    expect((await fetched(`/pictures/thumbnails/projects/${done.project.id}.png`)).bytes.readUInt32BE(16)).toBe(400);
  }, 60_000);

  it('says 503 while the storage is away, and goes on when it is back', async ({ skip }) => {
    if (!s3.outage) return skip('the server that S3_ENDPOINT names is not ours to end');
    const { id } = await publish('kept.pdf', Buffer.from('%PDF-1.7 kept'));
    await s3.outage.down();
    expect((await fetched(`/pictures/originals/preview-files/${id}.pdf`)).status).toBe(503);
    const preview = await admin.must('POST', `/actions/tasks/${done.tasks[0].id}/comments/${await newComment()}/add-preview`);
    expect((await admin.post(`/pictures/preview-files/${preview.id}`, form({ file: ['again.pdf', '%PDF-1.7 again'] }))).status).toBe(503);
    const { outage: _, stop: __, ...server } = s3;
    await expect(openStorage({ s3: { ...server, bucket: 'none' } })).rejects.toThrow(/S3_ENDPOINT/);
    await s3.outage.up();
    // It is up before it serves.
    await until('it is back', async () => (await fetched(`/pictures/originals/preview-files/${id}.pdf`)).status === 200);
    expect((await fetched(`/pictures/originals/preview-files/${id}.pdf`)).bytes.toString()).toBe('%PDF-1.7 kept');
    expect((await admin.post(`/pictures/preview-files/${preview.id}`, form({ file: ['again.pdf', '%PDF-1.7 again'] }))).body).toMatchObject({ status: 'ready' });
  }, 60_000);
};

if (noS3 === null) describe('a studio whose objects lie in S3', studioOverS3);
else it('a studio whose objects lie in S3', ({ skip }) => skip(noS3!));
