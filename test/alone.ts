import { pino } from 'pino';
import { openCommands } from '@shotlog/gateway/commands';
import { openGateway } from '@shotlog/gateway/app';
import { Positions } from '@shotlog/gateway/positions';
import { newId, now, PersonCreated, TeamMemberAdded, type NewEvent, type Role } from '@shotlog/kernel';
import { Lab } from '@shotlog/kernel/lab/lab';
import { startService, type RunningService, type ServiceDefinition } from '@shotlog/kernel/service';
import { openTokens } from '@shotlog/kernel/tokens';
import { objectSettings } from './s3.ts';

export type AloneReply = { status: number; body: any; headers: Headers; bytes: Buffer };
export type AloneClient = {
  id: string | null;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<AloneReply>;
  get(path: string, headers?: Record<string, string>): Promise<AloneReply>;
  post(path: string, body?: unknown): Promise<AloneReply>;
  put(path: string, body?: unknown): Promise<AloneReply>;
  delete(path: string, body?: unknown): Promise<AloneReply>;
  /** The body of an answer that must be good. */
  must(method: string, path: string, body?: unknown): Promise<any>;
};

/**
 * One service behind a gateway, with real servers below and no neighbours: what these would have told is written into the log as facts.
 * So a service is tested by itself, in the words of the log.
 */
export class Alone {
  readonly lab: Lab;
  service!: RunningService;
  #app!: ReturnType<typeof openGateway>;
  #commands!: Awaited<ReturnType<typeof openCommands>>;
  #definition: ServiceDefinition;

  constructor(lab: Lab, definition: ServiceDefinition) {
    this.lab = lab;
    this.#definition = definition;
  }

  static async start(definition: ServiceDefinition, env: Record<string, string> = {}): Promise<Alone> {
    const alone = new Alone(await Lab.start(), definition);
    Object.assign(alone.lab.config, { DATA_DIR: alone.lab.folder, ...objectSettings(alone.lab.folder), ...env });
    alone.service = await alone.replica();
    alone.#commands = await openCommands(alone.lab.config.NATS_URL, []);
    alone.#app = openGateway({
      routes: definition.routes.map((route) => ({ route, service: definition.name })), port: () => alone.service.port, commands: alone.#commands, tokens: openTokens(alone.lab.config.SHOTLOG_SECRET_KEY), logger: pino({ level: 'silent' }), positions: new Positions(), origins: [], own: () => {},
    });
    return alone;
  }

  /** Another replica of the service; `env` overrides what the first one was given. */
  async replica(env: Record<string, string> = {}): Promise<RunningService> {
    const started = await startService(this.#definition, { ...this.lab.config, ...env } as never, pino({ level: process.env.LOG_LEVEL ?? 'silent' }), () => { throw new Error('there are no peers'); });
    this.lab.services.push(started);
    return started;
  }

  /** Writes facts to the end of a stream, as their owner would have, and waits until the service has them. */
  async facts(stream: string, ...events: NewEvent[]): Promise<void> {
    const revision = (await this.service.log.read(stream)).at(-1)?.revision ?? -1;
    const project_id = events.map((e) => e.data.project_id).find(Boolean) ?? null;
    const { position } = await this.service.log.append(stream, revision, events, { at: now(), actor: null, project_id, correlation_id: newId(), causation_id: null, command_id: newId() });
    await this.service.projector.reached(position, 10_000);
  }

  /** A person of a role, on the teams of productions, with a token. */
  async person(role: Role, teams: string[] = [], more: Record<string, unknown> = {}): Promise<AloneClient> {
    const person_id = newId();
    await this.facts(`person-${person_id}`, PersonCreated({ person_id, sealed: '', facts: { role, active: true, archived: false, departments: [], is_bot: false, is_guest: false, studio_id: null, has_avatar: false,
      contract_type: null, position: null, seniority: null, daily_salary: null, timezone: null, locale: null, ...more } as never }));
    for (const project_id of teams) await this.facts(`team-${project_id}`, TeamMemberAdded({ project_id, person_id, role: null }));
    const token = await openTokens(this.lab.config.SHOTLOG_SECRET_KEY).sign({ sub: person_id, sid: newId(), type: 'access' }, 3_600);
    return this.client(person_id, token);
  }

  client(id: string | null = null, token: string | null = null): AloneClient {
    const send: AloneClient['send'] = async (method, path, body, headers = {}) => {
      const response = await this.#app.request(`http://studio/api${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body),
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } });
      const bytes = Buffer.from(await response.arrayBuffer());
      const isJson = (response.headers.get('content-type') ?? '').includes('json') && bytes.length > 0;
      return { status: response.status, body: isJson ? JSON.parse(bytes.toString()) : bytes.toString(), headers: response.headers, bytes };
    };
    return {
      id, send,
      get: (path, headers) => send('GET', path, undefined, headers), post: (path, body = {}) => send('POST', path, body),
      put: (path, body = {}) => send('PUT', path, body), delete: (path, body) => send('DELETE', path, body),
      async must(method, path, body) {
        const reply = await send(method, path, body);
        if (reply.status >= 400) throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 400)}`);
        return reply.body;
      },
    };
  }

  async stop(): Promise<void> {
    await this.#commands.close();
    await this.lab.stop();
  }
}
