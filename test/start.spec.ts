import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@shotlog/embedded';
import { until } from './main-job.ts';
import { ADMIN, Client } from './studio.ts';

const main = resolve(import.meta.dirname, '../packages/shotlog/src/main.ts');
const folders: string[] = [];
const children: ChildProcess[] = [];
let busy: Server;
let busyPort = 0;

const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'shotlog-start-'));
  folders.push(made);
  return made;
};

type Started = { child: ChildProcess; port: number; said: () => string; ended: Promise<number | null> };
const start = async (environment: Record<string, string>): Promise<Started> => {
  const port = await freePort();
  const child = spawn(process.execPath, [main], { env: { ...process.env, PORT: String(port), NATS_PORT: '0', EVENTSTORE_PORT: '0', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => { said += chunk; });
  return { child, port, said: () => said, ended: new Promise((done) => child.once('exit', done)) };
};
const serving = (s: Started) => until(`a server on ${s.port}: ${s.said()}`, () => s.child.exitCode === null && fetch(`http://127.0.0.1:${s.port}/api/`).then((r) => r.ok, () => false));
const admin = async (port: number) => {
  const base = `http://127.0.0.1:${port}/api`;
  return new Client(base, (await new Client(base, null).must('POST', '/auth/login', ADMIN)).access_token);
};

beforeAll(async () => {
  busy = createServer();
  await new Promise<void>((done) => busy.listen(0, '127.0.0.1', done));
  busyPort = (busy.address() as { port: number }).port;
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('exit', done));
    }
  }
});
afterAll(async () => {
  busy.close();
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

describe('a start that cannot be', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['a port in use', { HOST: '127.0.0.1', PORT: 'busy' }, /Port \d+ is in use. Set PORT/],
    ['the broker\'s port in use', { NATS_PORT: 'busy' }, /Port \d+ for the embedded broker is in use. Set NATS_PORT/],
    ['the log\'s port in use', { EVENTSTORE_PORT: 'busy' }, /Port \d+ for the embedded event log is in use. Set EVENTSTORE_PORT/],
    ['no PostgreSQL at the URL', { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/shotlog' }, /PostgreSQL at postgres:\/\/127.0.0.1:1\/shotlog cannot be used .*DATABASE_URL/],
    ['no log at the URL', { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' }, /event log at esdb:\/\/127.0.0.1:1\?tls=false cannot be used .*EVENTSTORE_URL/],
    ['no broker at the URL', { NATS_URL: 'nats://127.0.0.1:1' }, /NATS at nats:\/\/127.0.0.1:1 cannot be used .*NATS_URL/],
    ['a port that is none', { PORT: 'abc' }, /PORT/],
    ['a secret that is too short', { SHOTLOG_SECRET_KEY: 'short' }, /SHOTLOG_SECRET_KEY must have at least 32/],
    ['no ffmpeg where it should be', { FFMPEG_PATH: '/nowhere/ffmpeg' }, /ffmpeg/],
  ];
  for (const [what, environment, sentence] of cases) {
    it(`says what to do about ${what}`, async () => {
      const given = Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, v === 'busy' ? String(busyPort) : v]));
      const started = await start({ DATA_DIR: await folder(), ...given });
      expect(await started.ended).toBe(1);
      expect(started.said()).toMatch(sentence);
      expect(started.said()).not.toContain('secret@');
      expect(started.said()).not.toMatch(/\n\s+at .*\(/);
    }, 60_000);
  }

  it('says what to do about a data folder of another version', async () => {
    const dataDir = await folder();
    await writeFile(join(dataDir, 'VERSION'), '99\n');
    const started = await start({ DATA_DIR: dataDir });
    expect(await started.ended).toBe(1);
    expect(started.said()).toMatch(/made by another version .*Set DATA_DIR/);
  });
});

describe('a Shotlog that starts', () => {
  it('runs beside another, ends in order on SIGTERM, and finds its data again', async () => {
    const dataDir = await folder();
    const [one, two] = [await start({ DATA_DIR: dataDir }), await start({ DATA_DIR: await folder() })];
    await Promise.all([serving(one), serving(two)]);
    const made = await (await admin(one.port)).must('POST', '/data/departments', { name: 'Only here', color: '#123456' });
    expect((await (await admin(two.port)).get(`/data/departments/${made.id}`)).status).toBe(404);
    expect(one.said()).toContain(`sign in as ${ADMIN.email}`);
    one.child.kill('SIGTERM');
    expect(await one.ended).toBe(0);
    const again = await start({ DATA_DIR: dataDir });
    await serving(again);
    expect((await (await admin(again.port)).get(`/data/departments/${made.id}`)).status).toBe(200);
  }, 90_000);

  it('refuses a folder that another one uses, and takes it over from one that was killed', async () => {
    const dataDir = await folder();
    const one = await start({ DATA_DIR: dataDir });
    await serving(one);
    const made = await (await admin(one.port)).must('POST', '/data/departments', { name: 'Acknowledged', color: '#123456' });
    const second = await start({ DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(/Another Shotlog .* uses/);
    one.child.kill('SIGKILL');
    await one.ended;
    const third = await start({ DATA_DIR: dataDir });
    await serving(third);
    expect((await (await admin(third.port)).get(`/data/departments/${made.id}`)).status).toBe(200);
  }, 90_000);
});
