import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { pino } from 'pino';
import { startEventStoreProcess, startNats, startPostgres } from '@shotlog/embedded';
import { readConfig, type ServiceConfig } from '../config.ts';
import { startService, type RunningService, type ServiceDefinition } from '../service.ts';
import { openTokens } from '../tokens.ts';
import { decodeReply, type CommandReply } from '../wire.ts';
import { lab } from './thing.ts';

const SECRET = 'a secret of the laboratory, long enough';
const tokens = openTokens(SECRET);

type Server = { stop(): Promise<void> };

/** Log, broker and PostgreSQL in a folder of their own, each of which can be stopped and started again at the same address. */
export class Lab {
  readonly folder: string;
  config!: ServiceConfig;
  readonly #servers = new Map<string, Server>();
  readonly #ports = new Map<string, number>();
  readonly services: RunningService[] = [];
  readonly connections: NatsConnection[] = [];
  #nats: NatsConnection | null = null;

  constructor(folder: string) { this.folder = folder; }

  static async start(): Promise<Lab> {
    const made = new Lab(await mkdtemp(join(tmpdir(), 'shotlog-lab-')));
    // PostgreSQL runs as another user when we are root.
    await chmod(made.folder, 0o755);
    const [database, log, nats] = await Promise.all([made.up('postgres'), made.up('log'), made.up('nats')]);
    made.config = readConfig({ DATABASE_URL: database, EVENTSTORE_URL: log, NATS_URL: nats, SHOTLOG_SECRET_KEY: SECRET });
    return made;
  }

  /** Starts a server, at the port that it had before. */
  async up(name: 'postgres' | 'log' | 'nats'): Promise<string> {
    const port = this.#ports.get(name);
    const server = await this.#launch(name, port ?? 0);
    this.#servers.set(name, server);
    this.#ports.set(name, Number(/:(\d+)(?:[/?]|$)/.exec(server.url.replace(/^\w+:\/\/[^@]*@/, 'x://'))![1]));
    return server.url;
  }

  async #launch(name: string, port: number): Promise<Server & { url: string }> {
    if (name === 'postgres') return startPostgres(join(this.folder, 'postgres'), port === 0 ? undefined : port);
    if (name === 'nats') return startNats({ port });
    await mkdir(join(this.folder, 'log'), { recursive: true });
    return startEventStoreProcess({ port, file: join(this.folder, 'log', 'events.sqlite') });
  }

  async down(name: 'postgres' | 'log' | 'nats'): Promise<void> {
    await this.#servers.get(name)!.stop();
    this.#servers.delete(name);
  }

  /** A replica of the small service, or of another one. */
  async service(definition: ServiceDefinition = lab): Promise<RunningService> {
    const started = await startService(definition, this.config, pino({ level: process.env.LOG_LEVEL ?? 'silent' }), () => { throw new Error('there are no peers'); });
    this.services.push(started);
    return started;
  }

  async end(service: RunningService): Promise<void> {
    this.services.splice(this.services.indexOf(service), 1);
    await service.stop();
  }

  async nats(): Promise<NatsConnection> {
    if (!this.#nats) this.connections.push(this.#nats = await this.connect());
    return this.#nats;
  }
  async connect(): Promise<NatsConnection> {
    return connect({ servers: [this.config.NATS_URL], maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  }

  /** A token that stands for the system. */
  token(): Promise<string> { return tokens.service(); }

  /** Sends a command in the system's name. */
  async send(subject: string, input: unknown, key?: string, patience_ms = 30_000): Promise<CommandReply> {
    const message = { token: await tokens.service(), input, idempotency_key: key ?? null };
    return decodeReply((await (await this.nats()).request(subject, JSON.stringify(message), { timeout: patience_ms })).data);
  }

  /** The answer of a command that must be done. */
  async must(subject: string, input: unknown, key?: string, patience_ms?: number): Promise<any> {
    const reply = await this.send(subject, input, key, patience_ms);
    if ('error' in reply) throw new Error(`${subject} was refused: ${reply.error.message}`);
    return reply.answer;
  }

  /** Rows of `GET /data/things` of one replica, after a position. */
  async things(service: RunningService, after: bigint | null = null): Promise<any[]> {
    const answer = await service.port.ask({ route: 'GET /data/things', params: {}, search: '', token: await tokens.service(), headers: new Headers(), body: null, after });
    const text = await new Response(answer.body as BodyInit).text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async stop(): Promise<void> {
    while (this.services.length > 0) await this.end(this.services[0]!);
    for (const nats of this.connections) await nats.close();
    for (const server of this.#servers.values()) await server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until it holds, asked again and again; what it throws counts as not yet. @throws Error with the last answer after `seconds`. */
export const until = async <T>(what: string, holds: () => Promise<T> | T, seconds = 30): Promise<NonNullable<T>> => {
  let last: unknown;
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 30))) {
    try {
      const found = await holds();
      if (found) return found as NonNullable<T>;
      last = found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not within ${seconds} s (last ${last instanceof Error ? last.message : JSON.stringify(last)})`);
};
