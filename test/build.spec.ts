import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { form } from '@shotlog/files/testing';
import { mediaTools } from '@shotlog/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from './child.ts';
import { until } from './main-job.ts';
import { startStudio, type Client, type Studio } from './studio.ts';

const run = promisify(execFile);
const CLIPS = 50;
const [WIDTH, HEIGHT, RATE] = [320, 180, 25];
const playlistsMain = fileURLToPath(import.meta.resolve('@shotlog/playlists/main'));
const { ffmpeg, ffprobe } = mediaTools();

/** Sizes with odd sides and upright ones among them; what is sent of sound; rates of which `seconds` is a whole number of frames. */
const SIZES = ['320x180', '65x37', '90x160', '256x144', '121x213', '200x200', '400x100'];
const SOUNDS = [null, { rate: 44_100, channels: 2 }, { rate: 48_000, channels: 1 }, { rate: 22_050, channels: 1 }, { rate: 48_000, channels: 2 }];
const RATES = [{ fps: '25', seconds: 0.4 }, { fps: '24', seconds: 0.5 }, { fps: '30', seconds: 0.4 }, { fps: '10', seconds: 0.4 }, { fps: '60', seconds: 0.4 }, { fps: '24000/1001', seconds: 1.001 }];
/** What the shots themselves want instead of what the production wants. */
const WANTED = [{}, { resolution: '180x320' }, { fps: '50', resolution: '201x113' }, {}, { fps: '30' }];
const clipOf = (n: number) => ({ size: SIZES[n % SIZES.length]!, sound: SOUNDS[n % SOUNDS.length]!, ...RATES[n % RATES.length]!, /** How bright its middle is. */ grey: 30 + 4 * n, name: n % 3 === 0 ? 'mov' : n % 7 === 0 ? 'mkv' : 'mp4' });

let folder: string;
let dataDir: string;
let shotlog: Child;
let admin: Client;
let project: string;
let playlist: string;
let sum_s = 0;
/** Pictures and samples of the first movie, by their checksums. */
let frames: string;

const makeClip = async (n: number): Promise<Buffer> => {
  const { size, sound, fps, seconds, grey, name } = clipOf(n);
  const path = join(folder, `clip${n}.${name}`);
  await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}`, ...(sound ? ['-f', 'lavfi', '-i', `sine=frequency=${300 + 10 * n}:sample_rate=${sound.rate}`] : []), '-t', String(seconds),
    '-vf', `drawbox=x=iw/4:y=ih/4:w=iw/2:h=ih/2:t=fill:color=0x${grey.toString(16).padStart(2, '0').repeat(3)}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv444p', ...(sound ? ['-ac', String(sound.channels)] : []), path]);
  return readFile(path);
};

/** A shot with its clip as a preview. */
const publish = async (n: number, of: { sequence: string; type: string; status: string }): Promise<{ entity_id: string; preview_file_id: string }> => {
  const shot = await admin.must('POST', `/data/projects/${project}/shots`, { name: `SH${String(n).padStart(3, '0')}`, sequence_id: of.sequence, data: WANTED[n % WANTED.length] });
  const [task] = await admin.must('POST', `/actions/projects/${project}/task-types/${of.type}/shots/create-tasks`, [shot.id]);
  const comment = await admin.must('POST', `/actions/tasks/${task.id}/comment`, { task_status_id: of.status, comment: 'look' });
  const preview = await admin.must('POST', `/actions/tasks/${task.id}/comments/${comment.id}/add-preview`);
  const { status } = await admin.must('POST', `/pictures/preview-files/${preview.id}`, form({ file: [`clip.${clipOf(n).name}`, await makeClip(n)] }));
  expect([n, status]).not.toEqual([n, 'broken']);
  return { entity_id: shot.id, preview_file_id: preview.id };
};

const makePlaylist = async (): Promise<void> => {
  project = (await admin.must('POST', '/data/projects', { name: 'Fifty', fps: String(RATE), resolution: `${WIDTH}x${HEIGHT}` })).id;
  const { task_types, task_status } = await admin.must('GET', '/data/user/context');
  const of = { sequence: (await admin.must('POST', `/data/projects/${project}/sequences`, { name: 'SQ' })).id, type: task_types.find((t: any) => t.for_entity === 'Shot').id, status: task_status.find((s: any) => s.short_name === 'wip').id };
  const shots: { entity_id: string; preview_file_id: string }[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: 4 }, async () => { for (let n = next++; n < CLIPS; n = next++) shots[n] = await publish(n, of); }));
  for (const { preview_file_id } of shots) await until('a preview is ready', async () => (await admin.get(`/data/preview-files/${preview_file_id}`)).body.status === 'ready');
  playlist = (await admin.must('POST', '/data/playlists', { name: 'All of them', project_id: project, for_entity: 'shot', shots })).id;
};

beforeAll(async () => {
  [folder, dataDir] = [await mkdtemp(join(tmpdir(), 'shotlog-clips-')), await mkdtemp(join(tmpdir(), 'shotlog-build-'))];
  for (let n = 0; n < CLIPS; n++) sum_s += clipOf(n).seconds;
  shotlog = await new Child(dataDir, { MEDIA_WORKERS: '2', BUILD_LEASE_S: '3' }).start();
  admin = await shotlog.signIn();
  await makePlaylist();
}, 300_000);
afterAll(async () => {
  await shotlog?.end();
  for (const path of [folder, dataDir]) if (path) await rm(path, { recursive: true, force: true });
}, 60_000);

type Told = { build_job_id: string; status: string; progress: number };
/** Everything that is published of builds from now on. */
const listen = async (natsUrl: string): Promise<{ nats: NatsConnection; told: Told[] }> => {
  const nats = await connect({ servers: natsUrl });
  const told: Told[] = [];
  nats.subscribe('build-job:update', { callback: (_, message) => { told.push(message.json()); } });
  await nats.flush();
  return { nats, told };
};
const begin = async (): Promise<string> => (await admin.must('GET', `/data/playlists/${playlist}/build/mp4`)).id;
const jobOf = (job: string) => admin.must('GET', `/data/playlists/${playlist}/jobs/${job}`);
const ended = (job: string) => until('the build ends', async () => {
  const found = await jobOf(job);
  return found.status === 'running' ? null : found;
}, 120_000);

/** The movie of a job, in a file. */
const download = async (job: string): Promise<string> => {
  const response = await fetch(`${admin.base}/data/playlists/${playlist}/jobs/${job}/build/mp4`, { headers: { authorization: `Bearer ${admin.token}` } });
  expect(response.status).toBe(200);
  const path = join(folder, `${job}.mp4`);
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  return path;
};
const framesOf = async (movie: string): Promise<string> => (await run(ffmpeg.path, ['-v', 'error', '-i', movie, '-f', 'framemd5', '-'], { maxBuffer: 1e8 })).stdout;
/** How bright the middle of each picture is, from black 16 to white 235. */
const middles = async (movie: string): Promise<number[]> => {
  const { stdout } = await run(ffmpeg.path, ['-v', 'error', '-i', movie, '-vf', 'crop=8:8,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-', '-f', 'null', '-'], { maxBuffer: 1e8 });
  return [...stdout.matchAll(/YAVG=([\d.]+)/g)].map(([, value]) => Number(value));
};

const check = async (movie: string): Promise<void> => {
  const { stdout } = await run(ffprobe.path, ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', movie]);
  const { format, streams } = JSON.parse(stdout);
  expect(streams.map((s: any) => s.codec_type).sort()).toEqual(['audio', 'video']);
  const [picture, sound] = ['video', 'audio'].map((type) => streams.find((s: any) => s.codec_type === type));
  expect([picture.width, picture.height, picture.r_frame_rate]).toEqual([WIDTH, HEIGHT, `${RATE}/1`]);
  for (const seconds of [format.duration, picture.duration, sound.duration]) expect(Math.abs(Number(seconds) - sum_s) * RATE).toBeLessThan(CLIPS / 10);
};

describe(`a playlist of ${CLIPS} clips of many sizes, rates and sounds`, () => {
  it('becomes one movie, and tells how far it is', async () => {
    const { nats, told } = await listen(shotlog.natsUrl);
    const job = await begin();
    expect(await ended(job)).toMatchObject({ status: 'succeeded' });
    const mine = await until('its end is told', () => {
      const heard = told.filter((t) => t.build_job_id === job);
      return heard.at(-1)?.status === 'succeeded' ? heard : null;
    });
    await nats.close();
    expect(mine.map((t) => t.status)).toEqual([...mine.slice(1).map(() => 'running'), 'succeeded']);
    const progress = mine.map((t) => t.progress);
    expect(progress.length).toBeGreaterThanOrEqual(3);
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    const movie = await download(job);
    await check(movie);
    frames = await framesOf(movie);
  }, 180_000);

  it('shows them in order', async () => {
    const shown = await middles(join(folder, `${(await jobs()).at(-1)}.mp4`));
    let at_s = 0;
    const greys = Array.from({ length: CLIPS }, (_, n) => {
      const { seconds } = clipOf(n);
      at_s += seconds;
      return shown[Math.floor((at_s - seconds / 2) * RATE)]!;
    });
    const wanted = Array.from({ length: CLIPS }, (_, n) => 16 + clipOf(n).grey * 219 / 255);
    expect(greys.map((grey, n) => Math.abs(grey - wanted[n]!)).filter((off) => off > 1.6)).toEqual([]);
  }, 60_000);

  it('becomes the same movie when Shotlog is killed half way', async () => {
    const job = await cutOff(shotlog.natsUrl, () => shotlog.kill());
    await shotlog.start();
    admin = await shotlog.signIn();
    expect(await ended(job)).toMatchObject({ status: 'succeeded' });
    expect(await framesOf(await download(job))).toBe(frames);
  }, 180_000);
});

const jobs = async (): Promise<string[]> => (await admin.must('GET', `/data/projects/${project}/build-jobs`)).map((job: any) => job.id);
const isStored = (job: string): Promise<boolean> => run('find', [join(dataDir, 'objects'), '-name', `*${job}.mp4`]).then(({ stdout }) => stdout !== '');

/** Begins builds until one is cut off by `kill` after it has told of half of its way; answers its id. */
const cutOff = async (natsUrl: string, kill: () => Promise<void>): Promise<string> => {
  const { nats, told } = await listen(natsUrl);
  const job = await begin();
  await until('half of it is done', () => told.some((t) => t.build_job_id === job && t.progress >= 0.4), 120_000);
  await kill();
  await nats.close();
  expect(await isStored(job)).toBe(false);
  return job;
};

describe('the same playlist, by workers of their own', () => {
  let studio: Studio;
  let environment: Record<string, string>;
  const workers: ChildProcess[] = [];
  const startWorker = () => workers.push(spawn(process.execPath, [playlistsMain], { stdio: 'ignore', env: { ...process.env, ...environment, BUILD_WORKERS: '1', BUILD_LEASE_S: '3', PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error' } }));
  /** Whether ffmpeg or ffprobe works for a process. */
  const isBusy = async ({ pid }: ChildProcess): Promise<boolean> => run('pgrep', ['-P', String(pid), 'ff(mpeg|probe)']).then(() => true, () => false);
  const kill = async (worker: ChildProcess): Promise<void> => {
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGKILL');
    await gone;
  };

  beforeAll(async () => {
    await shotlog.end();
    studio = await startStudio({ dataDir, env: { BUILD_WORKERS: '0' } });
    admin = await studio.signIn();
    const { databaseUrl, eventStoreUrl, natsUrl, secret } = studio.embedded;
    environment = { DATABASE_URL: databaseUrl, EVENTSTORE_URL: eventStoreUrl, NATS_URL: natsUrl, SHOTLOG_SECRET_KEY: secret, DATA_DIR: dataDir };
  }, 60_000);
  afterAll(async () => {
    for (const worker of workers) if (worker.exitCode === null && worker.signalCode === null) await kill(worker);
    await studio?.stop(true);
  });

  it('becomes the same movie when one of two workers is killed half way', async () => {
    startWorker();
    startWorker();
    const job = await cutOff(environment.NATS_URL!, async () => {
      await kill(await until('one of them is at it', async () => {
        const busy = await Promise.all(workers.map(isBusy));
        return busy.filter(Boolean).length === 1 && workers[busy.indexOf(true)];
      }));
    });
    expect(await ended(job)).toMatchObject({ status: 'succeeded' });
    expect(await framesOf(await download(job))).toBe(frames);
  }, 180_000);
});
