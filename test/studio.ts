import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startEmbedded, type Embedded } from '@shotlog/embedded';
import { readConfig, type ServiceConfig } from '@shotlog/kernel/config';
import { startAll, type Running } from '@shotlog/shotlog/all';
import { objectSettings } from './s3.ts';

export const ADMIN = { email: 'admin@example.com', password: 'mysecretpassword' };

export type Reply = { status: number; body: any; headers: Headers };

/** A signed-in client of a running studio: `await as.post('/data/projects', { name: 'Film' })` answers status and body. */
export class Client {
  readonly base: string;
  readonly token: string | null;
  constructor(base: string, token: string | null) {
    this.base = base;
    this.token = token;
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const form = body instanceof FormData;
    const response = await fetch(this.base + path, { method, redirect: 'manual', headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? undefined : form ? body : JSON.stringify(body) });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  get(path: string, headers?: Record<string, string>) { return this.send('GET', path, undefined, headers); }
  post(path: string, body: unknown = {}, headers?: Record<string, string>) { return this.send('POST', path, body, headers); }
  put(path: string, body: unknown = {}, headers?: Record<string, string>) { return this.send('PUT', path, body, headers); }
  delete(path: string, body?: unknown) { return this.send('DELETE', path, body); }

  /** The body of an answer that must be good. */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const reply = await this.send(method, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 400)}`);
    return reply.body;
  }
}

export type Studio = {
  base: string; embedded: Embedded; running: Running; dataDir: string; config: ServiceConfig;
  nobody: Client;
  signIn(email?: string, password?: string): Promise<Client>;
  /** Ends everything; the data is removed unless kept. */
  stop(keep?: boolean): Promise<void>;
};

/** A whole Shotlog with real servers in a folder of its own, on free ports. One a test file: starting takes two seconds. */
export const startStudio = async (options: { dataDir?: string; env?: Record<string, string> } = {}): Promise<Studio> => {
  const dataDir = options.dataDir ?? await mkdtemp(join(tmpdir(), 'shotlog-test-'));
  const embedded = await startEmbedded({ dataDir });
  const config = readConfig({ DATABASE_URL: embedded.databaseUrl, EVENTSTORE_URL: embedded.eventStoreUrl, NATS_URL: embedded.natsUrl, SHOTLOG_SECRET_KEY: embedded.secret, DATA_DIR: embedded.dataDir, ...objectSettings(embedded.dataDir),
    ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, PORT: '0', HOST: '127.0.0.1', ...options.env });
  const running = await startAll(config, pino({ level: process.env.LOG_LEVEL ?? 'error' }));
  const base = `http://127.0.0.1:${running.gateway.port}/api`;
  return {
    base, embedded, running, dataDir, config, nobody: new Client(base, null),
    async signIn(email = ADMIN.email, password = ADMIN.password) {
      const { access_token } = await new Client(base, null).must('POST', '/auth/login', { email, password });
      return new Client(base, access_token);
    },
    async stop(keep = false) {
      await running.stop();
      await embedded.stop();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    },
  };
};
