import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeClip } from '@shotlog/media/testing';
import { Film } from '@shotlog/playlists/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { until } from './main-job.ts';
import { objectNames, noS3, s3Settings, startS3 } from './s3.ts';

const root = resolve(import.meta.dirname, '..');
const TOKEN = 'a token of the scheduler';
const CRON_JOB = 'shotlog-playlists-worker';

type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: any };
type Answer = { status: number; body?: unknown };
/** What a worker is started by: as the scheduler would. */
type Start = { command: string[]; env: Record<string, string> };

let folder: string;
let clips: string[];
/** A server that speaks S3 where there is one, else everybody shares a folder. */
let s3: Awaited<ReturnType<typeof startS3>> | null = null;
let film: Film | null = null;
let scheduler: Server | null = null;
let workers: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotlog-dispatch-'));
  clips = [await makeClip(join(folder, 'a.mp4')), await makeClip(join(folder, 'b.mp4'), { size: '160x120', rate: '12', sound: false })];
  s3 = noS3 === null ? await startS3() : null;
}, 90_000);
afterEach(async () => {
  for (const worker of workers) if (worker.exitCode === null && worker.signalCode === null) await kill(worker);
  workers = [];
  await film?.stop();
  film = null;
  scheduler?.close();
});
afterAll(async () => {
  await s3?.stop();
  await rm(folder, { recursive: true, force: true });
});

const kill = async (worker: ChildProcess): Promise<void> => {
  const gone = new Promise((done) => worker.once('exit', done));
  worker.kill('SIGKILL');
  await gone;
};

/** A scheduler's HTTP API: what is asked is kept, and answered by `answer`. */
const startScheduler = async (answer: (asked: Asked) => Answer): Promise<{ url: string; asked: Asked[] }> => {
  const asked: Asked[] = [];
  scheduler = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const one = { method: request.method!, path: request.url!, headers: request.headers, body: text ? JSON.parse(text) : null };
    asked.push(one);
    const { status, body } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((done) => scheduler!.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(scheduler.address() as AddressInfo).port}`, asked };
};

/** A studio that builds nothing itself, and a playlist whose movie is wanted. */
const wanted = async (settings: Record<string, string>) => {
  film = await Film.start({ BUILD_WORKERS: '0', BUILD_LEASE_S: '3', BUILD_DISPATCH_AGAIN_S: '1', ...(s3 ? s3Settings(s3, folder + Math.random()) : {}), ...settings });
  const admin = await film.alone.person('admin');
  const shots = [];
  for (const [n, movie] of clips.entries()) shots.push(await film.shot(`SH${n}`, { movie }));
  const playlist = await admin.must('POST', '/data/playlists', { project_id: film.project_id, name: 'Far away', shots: shots.map(({ entity_id, preview_file_id }) => ({ entity_id, preview_file_id })) });
  const job = await admin.must('GET', `/data/playlists/${playlist.id}/build/mp4`);
  return { job: job.id as string, now: () => admin.must('GET', `/data/playlists/${playlist.id}/jobs/${job.id}`), movie: () => admin.get(`/data/playlists/${playlist.id}/jobs/${job.id}/build/mp4`) };
};

/** Does what the scheduler's agent would: `secrets` are the variables that the studio gives to its parts. */
const start = ({ command: [program, ...args], env }: Start, more: Record<string, string> = {}): ChildProcess => {
  const { DATABASE_URL, EVENTSTORE_URL, NATS_URL, SHOTLOG_SECRET_KEY, ...config } = film!.alone.lab.config as unknown as Record<string, string>;
  const secrets = { DATABASE_URL, EVENTSTORE_URL, NATS_URL, SHOTLOG_SECRET_KEY, ...Object.fromEntries(Object.entries(config).filter(([name]) => name.startsWith('S3_'))) };
  const { PATH = '', HOME = '' } = process.env;
  expect(program).toBe('node');
  const worker = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', env: { PATH, HOME, PORT: '0', ...secrets, ...env, ...(s3 ? { DATA_DIR: join(folder, 'worker') } : { DATA_DIR: film!.alone.lab.folder }), ...more } as Record<string, string> });
  workers.push(worker);
  return worker;
};

const isDone = async ({ now, movie, job }: Awaited<ReturnType<typeof wanted>>) => {
  expect(await until('the movie is made', async () => {
    const found = await now();
    return found.status !== 'running' && found;
  }, 90_000)).toMatchObject({ status: 'succeeded' });
  expect((await movie()).bytes.subarray(4, 8).toString()).toBe('ftyp');
  expect((await objectNames(film!.alone.lab.config as any)).filter((name) => name.includes(job))).toHaveLength(1);
};

describe('Nomad', () => {
  /** The worker of the job file: its command and its variables, as Nomad reads them. */
  const jobFile = async (): Promise<Start> => {
    const text = await readFile(join(root, 'deploy/worker/playlists-worker.nomad.hcl'), 'utf8');
    const [, name] = /^job "([^"]+)"/m.exec(text)!;
    expect([name, /meta_optional\s*=\s*\["build_job_id"\]/.test(text)]).toEqual([CRON_JOB, true]);
    const env = [.../env \{([^}]*(?:\$\{[^}]*\}[^}]*)*)\}/.exec(text)![1]!.matchAll(/^\s*(\w+)\s*=\s*"(.*)"$/gm)].map(([, key, value]) => [key!, value!]);
    return { command: [/command = "([^"]+)"/.exec(text)![1]!, ...JSON.parse(/args\s+= (\[.*\])/.exec(text)![1]!)], env: Object.fromEntries(env) };
  };

  it('is asked for a worker, which makes the movie; for another when that one dies, and until it answers', async () => {
    let refusals = 1;
    const { url, asked } = await startScheduler(() => (refusals-- > 0 ? { status: 500 } : { status: 200, body: { DispatchedJobID: `${CRON_JOB}/dispatch-1`, EvalID: 'e' } }));
    const build = await wanted({ BUILD_RUNNER: 'nomad', NOMAD_ADDR: url, NOMAD_TOKEN: TOKEN, NOMAD_NAMESPACE: 'film', BUILD_DISPATCH_AGAIN_S: '3' });
    await until('Nomad is asked again after it failed', () => asked.length >= 2);
    const [first, second] = asked;
    expect([first!.method, first!.headers['x-nomad-token'], first!.body]).toEqual(['POST', TOKEN, { Meta: { build_job_id: build.job } }]);
    expect(second!.path).toBe(first!.path);
    expect(first!.path).toBe(`/v1/job/${CRON_JOB}/dispatch?idempotency_token=${build.job}-1&namespace=film`);
    const file = await jobFile();
    // This one dies before it has done anything.
    await kill(start({ ...file, env: { ...file.env, ...first!.body.Meta } }));
    const third = await until('another worker is asked for', () => asked.find(({ path }) => path.includes(`${build.job}-2`)));
    const worker = start({ ...file, env: { ...file.env, NOMAD_META_build_job_id: third.body.Meta.build_job_id } }, { BUILD_EXIT_IDLE_S: '2' });
    const exited = new Promise((done) => worker.once('exit', done));
    await isDone(build);
    expect(await exited).toBe(0);
  }, 180_000);
});

describe('Kubernetes', () => {
  /** The CronJob of the manifest, as the API serves it. */
  const manifest = async () => {
    const documents = parseAllDocuments(await readFile(join(root, 'deploy/worker/kubernetes.yaml'), 'utf8')).map((d) => d.toJS());
    const cronJob = documents.find((d) => d.kind === 'CronJob');
    return { ...cronJob, metadata: { ...cronJob.metadata, uid: 'b1f2' } };
  };

  it('is asked for a job of the template, whose pod makes the movie', async () => {
    const cronJob = await manifest();
    const names = new Set<string>();
    const { url, asked } = await startScheduler(({ method, path, body }) => {
      if (method === 'GET') return path === `/apis/batch/v1/namespaces/film/cronjobs/${CRON_JOB}` ? { status: 200, body: cronJob } : { status: 404 };
      if (names.has(body.metadata.name)) return { status: 409 };
      names.add(body.metadata.name);
      return { status: 201, body };
    });
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${TOKEN}\n`);
    const build = await wanted({ BUILD_RUNNER: 'kubernetes', KUBERNETES_URL: url, KUBERNETES_NAMESPACE: 'film', KUBERNETES_TOKEN_FILE: tokenFile, BUILD_DISPATCH_AGAIN_S: '60' });
    const { path, headers, body: job } = await until('a job is made', () => asked.find(({ method }) => method === 'POST'));
    expect([path, headers.authorization]).toEqual(['/apis/batch/v1/namespaces/film/jobs', `Bearer ${TOKEN}`]);
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', spec: cronJob.spec.jobTemplate.spec,
      metadata: { name: `${CRON_JOB}-${build.job.slice(0, 8)}-1`, annotations: { 'shotlog/build-job': build.job }, ownerReferences: [{ kind: 'CronJob', name: CRON_JOB, uid: 'b1f2' }] } });
    expect(job.metadata.name.length).toBeLessThanOrEqual(63);
    const [container] = job.spec.template.spec.containers;
    start({ command: container.command, env: Object.fromEntries(container.env.map(({ name, value }: { name: string; value: string }) => [name, value])) });
    await isDone(build);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  }, 180_000);

  it('that starts workers in vain is not asked for ever: the build fails and says so', async () => {
    const { url, asked } = await startScheduler(({ method }) => (method === 'GET' ? { status: 200, body: { metadata: { name: CRON_JOB, uid: 'u' }, spec: { jobTemplate: { spec: {} } } } } : { status: 201 }));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, TOKEN);
    const build = await wanted({ BUILD_RUNNER: 'kubernetes', KUBERNETES_URL: `${url}/`, KUBERNETES_NAMESPACE: 'film', KUBERNETES_TOKEN_FILE: tokenFile });
    const found = await until('the build fails', async () => {
      const job = await build.now();
      return job.status !== 'running' && job;
    });
    expect(found).toMatchObject({ status: 'failed', failure_reason: expect.stringContaining('5 workers') });
    expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body.metadata.name.at(-1))).toEqual(['1', '2', '3', '4', '5']);
  }, 90_000);
});
