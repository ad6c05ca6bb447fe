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
import { DAILY, READS, WRITES } from './what.ts';

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

type Row = { what: string; clients: number; shotlog: Measured; zou: Measured | null };

/** Where one of the two answered nothing in its time, there is no ratio. */
const mean = (rows: Row[]): number => Math.exp(rows.reduce((sum, r) => sum + Math.log(r.shotlog.per_s / r.zou!.per_s), 0) / rows.length);
const show = (m: Measured | null) => (m ? `${m.per_s.toFixed(1).padStart(9)}/s  p50 ${m.p50_ms.toFixed(1).padStart(7)}  p99 ${m.p99_ms.toFixed(1).padStart(8)} ms${m.errors ? `  ${m.errors} errors` : ''}` : '');

const table = (title: string, rows: Row[]): void => {
  say(`\n${title}`);
  for (const r of rows) say(`  ${r.what.padEnd(28)} ${String(r.clients)} client${r.clients > 1 ? 's' : ' '}  Shotlog ${show(r.shotlog)}${r.zou ? `   Zou ${show(r.zou)}   ${r.zou.per_s ? `${(r.shotlog.per_s / r.zou.per_s).toFixed(1)}x` : 'no answer'}` : ''}`);
  for (const clients of [1, 8]) {
    const met = rows.filter((r) => r.clients === clients && r.zou?.per_s && r.shotlog.per_s);
    if (met.length === 0) continue;
    const slowest = met.toSorted((a, b) => mean([a]) - mean([b]))[0]!;
    say(`  geometric mean, ${clients} client${clients > 1 ? 's' : ''}: ${mean(met.filter((r) => DAILY.has(r.what))).toFixed(1)} times Zou for the daily work, ${mean(met).toFixed(1)} times for all (least: ${slowest.what}, ${mean([slowest]).toFixed(1)})`);
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
