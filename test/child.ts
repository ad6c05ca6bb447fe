import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN, Client } from './studio.ts';

const main = fileURLToPath(import.meta.resolve('@shotlog/shotlog/main'));

/** Shotlog as `npm start` runs it: a process with its servers below it, in a folder that outlives it. */
export class Child {
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  #process: ChildProcess | null = null;
  base = '';
  natsUrl = '';
  eventStoreUrl = '';

  constructor(dataDir: string, env: Record<string, string> = {}) {
    this.dataDir = dataDir;
    this.#env = env;
  }

  get pid(): number { return this.#process!.pid!; }

  /** Starts it, again where it was killed or ended before. @throws Error with what it said when it does not come to serve. */
  async start(env: Record<string, string> = {}): Promise<this> {
    // Objects lie in the folder, whatever the tests' environment says. A group of its own, so that it can be killed together with its servers. Compiled sources are kept: a start takes a third of the time.
    const child = spawn(process.execPath, [main], { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: join(this.dataDir, 'compiled'), DATA_DIR: this.dataDir,
      PORT: '0', HOST: '127.0.0.1', EVENTSTORE_PORT: '0', NATS_PORT: '0', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, LOG_LEVEL: 'error', S3_ENDPOINT: '', ...this.#env, ...env } });
    this.#process = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk;
        const [, port] = /serves http:\/\/localhost:(\d+)/.exec(said) ?? [];
        const [, nats, log] = /events on (nats:\S+?), the log on (\S+)/.exec(said) ?? [];
        if (!port || !nats || !log) return;
        this.base = `http://127.0.0.1:${port}/api`;
        this.natsUrl = nats;
        this.eventStoreUrl = log;
        resolve();
      };
      child.stdout!.on('data', hear);
      child.stderr!.on('data', hear);
      child.once('exit', (code, signal) => reject(new Error(`Shotlog ended (${signal ?? code}) before it served:\n${said}`)));
    });
    return this;
  }

  async signIn(): Promise<Client> {
    const { access_token } = await new Client(this.base, null).must('POST', '/auth/login', ADMIN);
    return new Client(this.base, access_token);
  }

  /** Resident memory of the process itself, without its servers, in bytes. */
  async rss(): Promise<number> {
    return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${this.pid}/status`, 'utf8'))![1]) * 1024;
  }

  /** kill -9: of the process with all its servers, or of the process alone. */
  kill(what: 'all' | 'alone' = 'all'): Promise<void> { return this.#signal('SIGKILL', what === 'all' ? -this.pid : this.pid); }
  /** Ends in order; nothing happens where it does not run. */
  end(): Promise<void> { return this.#signal('SIGTERM', this.#process?.pid ?? 0); }

  async #signal(signal: 'SIGKILL' | 'SIGTERM', to: number): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(to, signal);
    await gone;
  }
}
