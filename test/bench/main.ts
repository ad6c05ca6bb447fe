/**
 * Shotlog beside a live Zou, in one run on one machine: `npm run bench`. Options: `--seconds 5`, `--large 2000`, `--zou URL` (a Zou
 * whose admin is ADMIN_EMAIL / ADMIN_PASSWORD; without one only Shotlog is measured), `--json FILE`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '@shotlog/embedded';
import { generator, measureRead, measureWrite, type Measured, type Server } from './load.ts';
import { seed, type Seeded } from './seed.ts';

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, large: { type: 'string', default: '2000' }, zou: { type: 'string', default: 'http://127.0.0.1:5500' }, json: { type: 'string' } } });
const seconds = Number(options.seconds);
const email = process.env.ADMIN_EMAIL ?? 'admin@example.com';
const password = process.env.ADMIN_PASSWORD ?? 'mysecretpassword';
const say = (line: string) => process.stdout.write(`${line}\n`);

const signIn = async (name: string, base: string): Promise<Server | null> => {
  const answer = await fetch(`${base}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) }).catch(() => null);
  if (!answer?.ok) return null;
  return { name, base, token: (await answer.json()).access_token };
};

const startShotlog = async (): Promise<{ server: Server; rss_mb: number; stop: () => Promise<void> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'shotlog-bench-'));
  const port = await freePort();
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../packages/shotlog/src/main.ts')], {
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, NATS_PORT: '0', EVENTSTORE_PORT: '0', ADMIN_EMAIL: email, ADMIN_PASSWORD: password }, stdio: ['ignore', 'ignore', 'inherit'] });
  const base = `http://127.0.0.1:${port}/api`;
  for (let waited = 0; waited < 60_000 && !(await fetch(base).then((r) => r.ok, () => false)); waited += 100) await new Promise((done) => setTimeout(done, 100));
  const server = await signIn('Shotlog', base);
  if (!server) throw new Error('Shotlog did not start.');
  const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => ''))?.[1];
  return { server, rss_mb: Math.round(Number(rss ?? 0) / 1024), stop: async () => {
    await new Promise((done) => { child.once('exit', done); child.kill('SIGTERM'); });
    await rm(dataDir, { recursive: true, force: true });
  } };
};

/** What is asked: an address, or one and the range of it. */
type Reads = Record<string, (s: Seeded) => string | [path: string, range: string]>;
const READS: Reads = {
  'shots with tasks (400)': (s) => `/data/shots/with-tasks?project_id=${s.small.project_id}`,
  'shots with tasks (2,000)': (s) => `/data/shots/with-tasks?project_id=${s.large.project_id}`,
  'one shot': (s) => `/data/shots/${s.small.shots[0]}`,
  'user context': () => '/data/user/context',
  'tasks of a production': (s) => `/data/projects/${s.small.project_id}/tasks`,
  'a playlist': (s) => `/data/projects/${s.small.project_id}/playlists/${s.playlist_id}`,
  'playlists of a production': (s) => `/data/projects/${s.small.project_id}/playlists`,
  'news of a production': (s) => `/data/projects/${s.small.project_id}/news`,
  'todos of a person': () => '/data/user/tasks',
  'a preview picture': (s) => `/pictures/originals/preview-files/${s.picture}.png`,
  '64 KB of a preview movie': (s) => [`/movies/originals/preview-files/${s.movie}.mp4`, 'bytes=65536-131071'],
};
type Writes = Record<string, (s: Seeded) => (n: number) => [string, string, unknown]>;
const stamp = Date.now();
const WRITES: Writes = {
  'comment with status change': (s) => (n) => ['POST', `/actions/tasks/${s.small.tasks[n % s.small.tasks.length]}/comment`, { task_status_id: Math.floor(n / s.small.tasks.length) % 2 ? s.retake : s.wip, comment: `Note ${n}` }],
  'shot update': (s) => (n) => ['PUT', `/data/shots/${s.small.shots[n % s.small.shots.length]}`, { nb_frames: 100 + n, data: { frame_in: 1, frame_out: 100 + n } }],
  'playlist update': (s) => (n) => ['PUT', `/data/playlists/${s.playlist_id}`, { name: `Dailies of the day ${n}`, for_client: n % 2 === 0 }],
  'create shot': (s) => (n) => ['POST', `/data/projects/${s.small.project_id}/shots`, { name: `N${stamp}-${Math.random().toString(36).slice(2)}-${n}`, sequence_id: s.small.sequence_id, nb_frames: 10 }],
};

type Row = { what: string; clients: number; shotlog: Measured; zou: Measured | null };

/** Where one of the two answered nothing in its time, there is no ratio. */
const mean = (rows: Row[]): number => Math.exp(rows.reduce((sum, r) => sum + Math.log(r.shotlog.per_s / r.zou!.per_s), 0) / rows.length);
const show = (m: Measured | null) => (m ? `${m.per_s.toFixed(1).padStart(9)}/s  p50 ${m.p50_ms.toFixed(1).padStart(7)}  p99 ${m.p99_ms.toFixed(1).padStart(8)} ms${m.errors ? `  ${m.errors} errors` : ''}` : '');

const table = (title: string, rows: Row[]): void => {
  say(`\n${title}`);
  for (const r of rows) say(`  ${r.what.padEnd(28)} ${String(r.clients)} client${r.clients > 1 ? 's' : ' '}  Shotlog ${show(r.shotlog)}${r.zou ? `   Zou ${show(r.zou)}   ${r.zou.per_s ? `${(r.shotlog.per_s / r.zou.per_s).toFixed(1)}x` : 'no answer'}` : ''}`);
  for (const clients of [1, 8]) {
    const met = rows.filter((r) => r.clients === clients && r.zou?.per_s && r.shotlog.per_s);
    if (met.length > 0) say(`  geometric mean, ${clients} client${clients > 1 ? 's' : ''}: ${mean(met).toFixed(1)} times Zou`);
  }
};

const run = async (): Promise<void> => {
  const { server, rss_mb, stop } = await startShotlog();
  const zou = await signIn('Zou', options.zou!);
  say(zou ? `Shotlog beside Zou at ${options.zou}; reads by ${generator}, ${seconds} s each` : `No Zou answers at ${options.zou}: Shotlog alone`);
  say(`memory after start: ${rss_mb} MB`);
  try {
    const data = new Map<string, Seeded>();
    for (const s of [server, ...(zou ? [zou] : [])]) {
      const before = performance.now();
      data.set(s.name, await seed(s, Number(options.large)));
      say(`seeding ${s.name} took ${((performance.now() - before) / 1000).toFixed(1)} s`);
    }
    const reads: Row[] = [];
    const writes: Row[] = [];
    for (const clients of [1, 8]) {
      for (const [what, path] of Object.entries(READS)) {
        const measure = (s: Server) => {
          const [address, range] = [path(data.get(s.name)!)].flat();
          return measureRead(s, address!, clients, seconds, range);
        };
        reads.push({ what, clients, shotlog: await measure(server), zou: zou && await measure(zou) });
      }
      for (const [what, write] of Object.entries(WRITES)) {
        const measure = (s: Server) => measureWrite(s, clients, seconds, write(data.get(s.name)!));
        writes.push({ what, clients, shotlog: await measure(server), zou: zou && await measure(zou) });
      }
    }
    table('Reads', reads);
    table('Writes', writes);
    if (options.json) await writeFile(options.json, JSON.stringify({ reads, writes }, null, 1));
  } finally {
    await stop();
  }
};

await run();
