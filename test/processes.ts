import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, startEmbedded, type Embedded } from '@shotlog/embedded';
import { SERVICES } from '@shotlog/kernel/config';
import { ADMIN, Client } from './studio.ts';

const root = resolve(import.meta.dirname, '..');

export type Processes = {
  base: string; embedded: Embedded; dataDir: string;
  signIn(email?: string, password?: string): Promise<Client>;
  /** Ends the eight processes; the servers go on, so that `start` brings them back. */
  end(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Shotlog as eight processes, each started by its own main.ts against configured servers, as in a cluster. */
export const startProcesses = async (): Promise<Processes> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'shotlog-processes-'));
  const embedded = await startEmbedded({ dataDir });
  const ports = new Map<string, number>();
  for (const name of [...SERVICES, 'gateway']) ports.set(name, await freePort());
  const base = `http://127.0.0.1:${ports.get('gateway')}/api`;
  let children: ChildProcess[] = [];
  const said: string[] = [];
  const environment = {
    ...process.env, DATABASE_URL: embedded.databaseUrl, EVENTSTORE_URL: embedded.eventStoreUrl, NATS_URL: embedded.natsUrl, SHOTLOG_SECRET_KEY: embedded.secret, DATA_DIR: dataDir,
    ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, HOST: '127.0.0.1', LOG_LEVEL: 'error',
    ...Object.fromEntries(SERVICES.map((name) => [`SHOTLOG_${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports.get(name)}`])),
  };
  const launch = (name: string): ChildProcess => {
    const main = name === 'gateway' ? 'gateway/src/main.ts' : `services/${name}/src/main.ts`;
    const child = spawn(process.execPath, [main], { cwd: root, env: { ...environment, PORT: String(ports.get(name)) }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => said.push(`${name}: ${chunk}`));
    return child;
  };
  const answers = async (url: string): Promise<boolean> => fetch(url).then((r) => r.ok, () => false);
  const start = async (): Promise<void> => {
    children = [...SERVICES, 'gateway'].map(launch);
    for (let waited = 0; waited < 90_000; waited += 200) {
      if (children.some((c) => c.exitCode !== null)) break;
      const up = await Promise.all([...SERVICES.map((name) => answers(`http://127.0.0.1:${ports.get(name)}/health`)), answers(base)]);
      if (up.every(Boolean)) return;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`the processes did not start:\n${said.slice(-20).join('')}`);
  };
  const end = async (): Promise<void> => {
    await Promise.all(children.map((child) => new Promise<void>((done) => {
      if (child.exitCode !== null) return done();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.once('exit', () => { clearTimeout(timer); done(); });
      child.kill('SIGTERM');
    })));
  };
  await start();
  return {
    base, embedded, dataDir, start, end,
    async signIn(email = ADMIN.email, password = ADMIN.password) {
      const { access_token } = await new Client(base, null).must('POST', '/auth/login', { email, password });
      return new Client(base, access_token);
    },
    async stop() {
      await end();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
