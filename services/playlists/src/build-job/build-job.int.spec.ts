import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '@shotlog/kernel/lab/lab';
import { makeClip, streamsOf } from '@shotlog/media/testing';
import { previewKeys } from '@shotlog/files/storage/keys';
import type { AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Film } from '../testing.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
let film: Film;
let admin: AloneClient;
let folder: string;
let clips: { plain: string; small: string; silent: string; long: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotlog-build-'));
  const at = (name: string) => join(folder, name);
  clips = {
    plain: await makeClip(at('plain.mp4')), small: await makeClip(at('small.mp4'), { size: '160x120', rate: '12' }), silent: await makeClip(at('silent.mp4'), { sound: false, size: '200x100' }),
    long: await makeClip(at('long.mp4'), { size: '1280x720', seconds: 15, more: ['-preset', 'ultrafast'] }),
  };
  film = await Film.start({ BUILD_LEASE_S: '3' });
  admin = await film.alone.person('admin');
}, 60_000);
afterAll(async () => {
  await film?.stop();
  await rm(folder, { recursive: true, force: true });
});

let counter = 0;
const listOf = async (...movies: (string | undefined)[]) => {
  const shots = [];
  for (const movie of movies) shots.push(await film.shot(`BUILD${++counter}`, movie ? { movie } : { extension: 'png' }));
  return admin.must('POST', '/data/playlists', { project_id: film.project_id, name: `Build ${++counter}`, shots: shots.map(({ entity_id, preview_file_id }) => ({ entity_id, preview_file_id })) });
};
const build = (id: string, query = '') => admin.must('GET', `/data/playlists/${id}/build/mp4${query}`);
const jobOf = (id: string, job: string) => admin.get(`/data/playlists/${id}/jobs/${job}`);
const ended = (id: string, job: string) => until('the build ends', async () => {
  const { body } = await jobOf(id, job);
  return body.status === 'running' ? null : body;
}, 60);
/** What the finished movie is made of. */
const movieOf = async (id: string, job: string) => {
  const reply = await admin.get(`/data/playlists/${id}/jobs/${job}/build/mp4`);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  const path = join(folder, `${job}.mp4`);
  await writeFile(path, reply.bytes);
  const streams = await streamsOf(path);
  return { reply, picture: streams.find((s) => s.type === 'video')!, sound: streams.find((s) => s.type === 'audio')!, md5: createHash('md5').update(reply.bytes).digest('hex') };
};
const factsOf = async (job: string) => (await film.alone.service.log.read(`build_job-${job}`)).filter((e) => e.type !== 'BuildJobProgressed');

describe('building a playlist', () => {
  it('joins movies that were encoded alike without touching their frames', async () => {
    const { id } = await listOf(clips.plain, clips.plain);
    const job = await build(id);
    expect(job).toMatchObject({ status: 'running', job_type: 'movie', playlist_id: id, ended_at: null, type: 'BuildJob' });
    expect(await ended(id, job.id)).toMatchObject({ status: 'succeeded', ended_at: expect.any(String) });
    const { picture, reply } = await movieOf(id, job.id);
    expect([picture.width, picture.height, Math.round(picture.duration)]).toEqual([320, 180, 2]);
    expect(reply.headers.get('content-disposition')).toMatch(/attachment; filename="\d{8}_\d{6}_big_film_build_\d+\.mp4"/);
    expect((await factsOf(job.id)).map((e) => [e.type, e.data.method])).toEqual([['BuildJobStarted', undefined], ['BuildJobSucceeded', 'demuxer']]);
    expect((await admin.get(`/data/projects/${film.project_id}/build-jobs`)).body.map((j: any) => j.id)).toContain(job.id);
    expect((await admin.get(`/data/projects/${film.project_id}/playlists/${id}`)).body.build_jobs).toMatchObject([{ id: job.id, status: 'succeeded' }]);
    expect((await admin.get(`/data/playlists/${id}`)).body.build_jobs).toEqual([job.id]);
  });

  it('brings different movies, silent ones too, into the shape of the production and leaves pictures out', async () => {
    const { id } = await listOf(clips.small, undefined, clips.silent, clips.plain);
    const job = await build(id);
    await ended(id, job.id);
    const { picture, sound } = await movieOf(id, job.id);
    expect([picture.width, picture.height, picture.rate, Math.round(picture.duration), Math.round(sound.duration)]).toEqual([320, 180, '25/1', 3, 3]);
    expect((await factsOf(job.id)).at(-1)!.data).toMatchObject({ method: 'filter' });
  });

  it('encodes everything again when all is wanted', async () => {
    const { id } = await listOf(clips.plain, clips.plain);
    const job = await build(id, '?full=true');
    await ended(id, job.id);
    expect((await factsOf(job.id)).at(-1)!.data).toMatchObject({ method: 'filter' });
  });

  it('refuses a playlist without a movie', async () => {
    const [pictures, none] = [await listOf(undefined), await listOf()];
    for (const { id } of [pictures, none]) expect((await admin.get(`/data/playlists/${id}/build/mp4`)).status).toBe(400);
    expect((await admin.get(`/data/playlists/${NOBODY}/build/mp4`)).status).toBe(404);
    expect((await admin.get('/data/playlists/oops/build/mp4')).status).toBe(404);
  });

  it('says why it failed', async () => {
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, 'no movie at all');
    const { id } = await listOf(clips.plain, broken);
    const job = await build(id);
    expect(await ended(id, job.id)).toMatchObject({ status: 'failed', failure_reason: expect.stringMatching(/\w+ .*\./), ended_at: expect.any(String) });
    expect((await admin.get(`/data/playlists/${id}/jobs/${job.id}/build/mp4`)).status).toBe(400);
  });

  it('fails when every movie is gone meanwhile, and goes on without one that is', async () => {
    const { id, shots } = await listOf(clips.plain, clips.plain);
    await film.storage.remove(previewKeys(shots[0].preview_file_id).high);
    const job = await build(id);
    expect(await ended(id, job.id)).toMatchObject({ status: 'succeeded' });
    await film.storage.remove(previewKeys(shots[1].preview_file_id).high);
    const next = await build(id);
    expect(await ended(id, next.id)).toMatchObject({ status: 'failed', failure_reason: expect.stringContaining('movies') });
  });

  it('tells of its steps under the names that the world knows', async () => {
    const { id } = await listOf(clips.plain);
    const heard: { subject: string; data: any }[] = [];
    const nats = await film.alone.lab.connect();
    for (const what of ['new', 'update', 'delete']) nats.subscribe(`build-job:${what}`, { callback: (_, message) => { heard.push({ subject: message.subject, data: message.json() }); } });
    await nats.flush();
    const job = await build(id);
    await ended(id, job.id);
    await admin.delete(`/data/playlists/${id}/jobs/${job.id}`);
    const mine = await until('three messages', () => {
      const found = heard.filter((h) => h.data.build_job_id === job.id && h.data.status !== 'running');
      return found.length >= 3 ? found : null;
    });
    await nats.close();
    const ids = { build_job_id: job.id, playlist_id: id, project_id: film.project_id };
    expect(mine).toEqual([{ subject: 'build-job:new', data: { ...ids, created_at: job.created_at } }, { subject: 'build-job:update', data: { ...ids, status: 'succeeded', progress: 1 } }, { subject: 'build-job:delete', data: ids }]);
  });

  it('removes the movie with its job, and the jobs with their playlist', async () => {
    const { id } = await listOf(clips.plain);
    const [first, second] = [await build(id), await build(id)];
    await Promise.all([ended(id, first.id), ended(id, second.id)]);
    const key = (job: string) => `playlists/movies/${job}.mp4`;
    expect((await admin.delete(`/data/playlists/${id}/jobs/${first.id}`)).status).toBe(204);
    expect((await jobOf(id, first.id)).status).toBe(404);
    expect([await film.storage.stat(key(first.id)), (await film.storage.stat(key(second.id)))?.contentType]).toEqual([null, 'video/mp4']);
    expect((await admin.delete(`/data/playlists/${id}`)).status).toBe(204);
    await until('the movie is gone', async () => (await film.storage.stat(key(second.id))) === null);
    expect((await admin.get(`/data/projects/${film.project_id}/build-jobs`)).body.map((j: any) => j.id)).not.toContain(second.id);
  });

  it('shows a job only below its own playlist', async () => {
    const [one, other] = [await listOf(clips.plain), await listOf(clips.plain)];
    const job = await build(one.id);
    await ended(one.id, job.id);
    for (const path of [`/data/playlists/${other.id}/jobs/${job.id}`, `/data/playlists/${one.id}/jobs/${NOBODY}`, `/data/playlists/${one.id}/jobs/oops`, `/data/playlists/oops/jobs/${job.id}`]) {
      expect((await admin.get(path)).status).toBe(404);
      expect((await admin.get(`${path}/build/mp4`)).status).toBe(404);
      expect((await admin.delete(path)).status).toBe(404);
    }
  });

  it('refuses whoever does not manage the production', async () => {
    const { id } = await listOf(clips.plain);
    const job = await build(id);
    await ended(id, job.id);
    for (const role of ['supervisor', 'user', 'client', 'vendor'] as const) {
      const who = await film.alone.person(role, [film.project_id]);
      for (const path of [`/build/mp4`, `/jobs/${job.id}`]) expect((await who.get(`/data/playlists/${id}${path}`)).status).toBe(403);
      expect((await who.get(`/data/playlists/${id}/jobs/${job.id}/build/mp4`)).status).toBe(role === 'supervisor' ? 200 : 403);
      expect((await who.delete(`/data/playlists/${id}/jobs/${job.id}`)).status).toBe(403);
      expect((await who.get(`/data/projects/${film.project_id}/build-jobs`)).status).toBe(403);
    }
    const manager = await film.alone.person('manager', [film.project_id]);
    expect((await manager.get(`/data/playlists/${id}/jobs/${job.id}`)).status).toBe(200);
    expect((await manager.get(`/data/projects/${NOBODY}/build-jobs`)).status).toBe(403);
  });

  it('gives clients the movie of what is shared with them', async () => {
    const { id } = await listOf(clips.plain);
    const job = await build(id);
    await ended(id, job.id);
    const client = await film.alone.person('client', [film.project_id]);
    const asked = async () => Promise.all([`/jobs/${job.id}`, `/jobs/${job.id}/build/mp4`, '/download/zip'].map(async (path) => (await client.get(`/data/playlists/${id}${path}`)).status));
    expect(await asked()).toEqual([403, 403, 403]);
    await admin.must('PUT', `/data/playlists/${id}`, { for_client: true });
    expect(await asked()).toEqual([200, 200, 200]);
    expect((await client.delete(`/data/playlists/${id}/jobs/${job.id}`)).status).toBe(403);
  });
});

/** ffmpeg at work below a folder. */
const ffmpegs = async (below: string) => (await promisify(execFile)('ps', ['-eo', 'args'])).stdout.split('\n').filter((line) => line.includes('ffmpeg') && line.includes(below));

/** The service as a process of its own. */
const worker = (env: Record<string, string> = {}) => spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], { stdio: 'ignore',
  env: { ...process.env, ...(film.alone.lab.config as unknown as Record<string, string>), BUILD_WORKERS: '1', PORT: '0', HOST: '127.0.0.1', ...env } });

describe('a build that is cut off', { timeout: 90_000 }, () => {
  it('stops ffmpeg when its job is deleted', async () => {
    const { id } = await listOf(clips.long, clips.small);
    const job = await build(id);
    await until('ffmpeg works', async () => (await ffmpegs(film.alone.lab.folder)).length > 0);
    expect((await admin.delete(`/data/playlists/${id}/jobs/${job.id}`)).status).toBe(204);
    await until('ffmpeg has stopped', async () => (await ffmpegs(film.alone.lab.folder)).length === 0);
    expect(await film.storage.stat(`playlists/movies/${job.id}.mp4`)).toBeNull();
    expect((await factsOf(job.id)).map((e) => e.type)).toEqual(['BuildJobStarted', 'BuildJobDeleted']);
  });

  it('is taken up at once by another replica when its own is stopped', async () => {
    const { id } = await listOf(clips.long, clips.small);
    const job = await build(id);
    await until('ffmpeg works', async () => (await ffmpegs(film.alone.lab.folder)).length > 0);
    const [first, second] = [film.alone.service, await film.alone.replica()];
    film.alone.service = second;
    await film.alone.lab.end(first);
    expect(await ended(id, job.id)).toMatchObject({ status: 'succeeded' });
    expect((await factsOf(job.id)).map((e) => e.type)).toEqual(['BuildJobStarted', 'BuildJobSucceeded']);
  });

  it('ends in the same file when its worker, a process of its own, was killed', async () => {
    await film.alone.lab.end(film.alone.service);
    film.alone.service = await film.alone.replica({ BUILD_WORKERS: '0' });
    const { id } = await listOf(clips.long, clips.small);
    let working = worker();
    try {
      const whole = await build(id);
      await ended(id, whole.id);
      const again = await build(id);
      await until('ffmpeg works', async () => (await ffmpegs(film.alone.lab.folder)).length > 0);
      working.kill('SIGKILL');
      working = worker();
      expect(await ended(id, again.id)).toMatchObject({ status: 'succeeded' });
      expect((await movieOf(id, again.id)).md5).toBe((await movieOf(id, whole.id)).md5);
      expect((await factsOf(again.id)).map((e) => e.type)).toEqual(['BuildJobStarted', 'BuildJobSucceeded']);
    } finally {
      working.kill('SIGKILL');
    }
  });

  it('is done by a worker that ends once there is nothing left to do', async () => {
    const { id } = await listOf(clips.plain);
    const job = await build(id);
    const working = worker({ BUILD_EXIT_IDLE_S: '2' });
    const exited = new Promise((resolve) => working.once('exit', resolve));
    try {
      expect(await ended(id, job.id)).toMatchObject({ status: 'succeeded' });
      expect(await exited).toBe(0);
    } finally {
      working.kill('SIGKILL');
    }
  });
});
