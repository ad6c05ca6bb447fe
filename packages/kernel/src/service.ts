import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { Caller } from './caller.ts';
import { refillClaims } from './claims.ts';
import type { CommandDefinition, Context, PersonCard } from './command.ts';
import type { ServiceConfig } from './config.ts';
import { openDatabase, type Database, type Db } from './database.ts';
import type { Recorded } from './event.ts';
import { directoryProjection, directoryTypes, openDirectory } from './directory.ts';
import { asDomainError, DomainError } from './errors.ts';
import { commandId, openEngine, type Engine, type Envelope } from './execute.ts';
import { derivedId, newId } from './ids.ts';
import { openLog, type Log } from './log.ts';
import { firstStart } from './first-start.ts';
import { commandController, startMicroservice } from './nest.ts';
import { natsServer } from './nats-server.ts';
import { provision, serviceUrl } from './provision.ts';
import { startLeader, type Leader } from './leader.ts';
import type { Projection } from './projection.ts';
import type { Projector } from './projector.ts';
import { prepareReadModel, preparePrivate } from './readmodel.ts';
import type { Reaction } from './reactions.ts';
import { openRepository } from './repository.ts';
import { openProcesses } from './processes.ts';
import { openReceipts, type Receipts } from './receipts.ts';
import type { Route } from './route.ts';
import { openServer, seenBy, type Port, type Server } from './serve.ts';
import { openTokens, type Tokens } from './tokens.ts';
import { Turns } from './turns.ts';
import { decodeReply, type CommandMessage, type CommandReply } from './wire.ts';

/** What a service is, declared once: everything else is the same for all seven. */
export type ServiceDefinition = {
  name: string;
  routes: Route[];
  /** Commands that no route sends: steps of processes, first-start data. */
  commands?: CommandDefinition[];
  projections: Projection[];
  reactions?: Reaction[];
  /** Event types that this service writes and therefore publishes. */
  events: { eventType: string }[];
  /** SQL of private tables (`create table if not exists`), in the private schema: what is no read model. */
  privateTables?: string;
  /** Selects of (kind, key, stream), from which the claims table is filled anew after the database was lost. */
  claimSources?: string[];
  /** Opens what travels sealed in the log, before this service's projections see it. */
  reveal?: (event: Recorded, parts: { db: Db; config: ServiceConfig }) => Promise<Recorded>;
  /** Makes the default data, once per studio; steps are idempotent. */
  firstStart?: (context: Context, config: ServiceConfig) => Promise<void>;
  /** Services whose default data this one's stands on. */
  firstStartAfter?: string[];
  /** What handlers get by `context.resource(name)`. */
  resources?: (parts: { config: ServiceConfig; logger: Logger; database: Database; nats: NatsConnection }) => Promise<{ byName: Record<string, unknown>; close?: () => Promise<void> }>;
  /** Work that goes on beside requests (media workers); answers how to stop it. */
  background?: (parts: { config: ServiceConfig; logger: Logger; context: (key: string) => Context; nats: NatsConnection; projector: Projector; resource: Context['resource'] }) => Promise<() => Promise<void>>;
};

export type Peers = (service: string) => Port;

export type RunningService = {
  name: string;
  port: Port;
  /** Runs a command for the gateway in the same process, as NATS would bring it; null for a subject that is not this service's. */
  command(subject: string, message: CommandMessage): Promise<CommandReply> | null;
  /** For `/api/status` and `/api/metrics`. */
  status(): Promise<{ name: string; position: string | null; failed_events: number; leader: boolean; outbox: number; lag: number }>;
  /** The newest position of the log, as this service sees it. */
  projector: Projector;
  log: Log;
  stop(): Promise<void>;
};

const SETTLE_MS = 15_000;
/** How long a command waits for what its caller has heard of before it is decided with what there is. */
const WAIT_MS = 3_000;

/** Every command that the routes send, and the ones beside them, each once. */
export const commandsOf = (definition: ServiceDefinition): CommandDefinition[] => {
  const all = [...definition.routes.flatMap((r) => ('command' in r ? [r.command] : [])), ...(definition.commands ?? [])];
  return [...new Map(all.map((c) => [c.subject, c])).values()];
};

/** How deep a request may be nested: what is stored as JSON is walked by recursion, here and in PostgreSQL. */
const MAX_DEPTH = 100;
const isTooDeep = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' && value !== null && (depth >= MAX_DEPTH || Object.values(value).some((v) => isTooDeep(v, depth + 1)));

const runMessages = (engine: () => Engine, tokens: Tokens, directory: ReturnType<typeof openDirectory>, receipts: Receipts, logger: Logger, projector: () => Projector) =>
  async (command: CommandDefinition, message: CommandMessage): Promise<CommandReply> => {
    try {
      if (message === null || typeof message !== 'object') throw new DomainError('Invalid', 'A command is a JSON object with token and input.');
      if (typeof message.after === 'string' && /^\d{1,19}$/.test(message.after)) await projector().reached(BigInt(message.after), WAIT_MS);
      const caller = command.open ? ANYBODY : await directory.caller(await tokens.verify(message.token ?? null));
      if (isTooDeep(message.input)) throw new DomainError('Invalid', `The request is nested more than ${MAX_DEPTH} levels deep.`);
      const key = message.idempotency_key ?? null;
      const envelope: Envelope = { caller, command_id: commandId(command.subject, caller, key), correlation_id: message.correlation_id ?? newId(), causation_id: null };
      const work = (e: Envelope) => engine().run(command, message.input, e);
      const { answer, position } = key === null || command.open || command.secret ? await work(envelope) : await receipts.once(envelope, message.input, work);
      return { answer: answer ?? null, position: position === null ? null : String(seenBy(projector(), position)) };
    } catch (error) {
      const known = asDomainError(error);
      if (known) return { error: known.toWire() };
      logger.error({ err: error, subject: command.subject }, 'a command failed');
      return { error: { kind: 'Unavailable', message: 'Something went wrong here; it was noted.', status: 500, extra: {} } };
    }
  };
const ANYBODY = new Caller({ id: null, role: 'client' });

/** Waits for a server; what cannot be reached is told with the setting that names it, without its password. */
const reach = <T>(what: string, variable: string, url: string, reached: Promise<T>): Promise<T> => reached.catch((cause: Error) => {
  const place = url.replace(/\/\/[^@/]*@/, '//');
  throw new Error(`${what} at ${place} cannot be used (${cause.message.split('. Resolution')[0]}). Is it running, and is ${variable} right?`, { cause });
});

/** Starts a service: its read model brought up to date, its commands on NATS, its queries behind `port`. */
export const startService = async (definition: ServiceDefinition, config: ServiceConfig, logger: Logger, peers: Peers): Promise<RunningService> => {
  const { name } = definition;
  const log = openLog(config.EVENTSTORE_URL);
  await reach('PostgreSQL', 'DATABASE_URL', config.DATABASE_URL, provision(config.DATABASE_URL, config.SHOTLOG_SECRET_KEY, [name]));
  const url = serviceUrl(config.DATABASE_URL, config.SHOTLOG_SECRET_KEY, name);
  const projections = [directoryProjection, ...definition.projections];
  const tables = projections.flatMap((p) => p.tables);
  const database = await openDatabase({ url, schema: name, tables });
  await preparePrivate(database, definition.privateTables ?? '');
  const fresh = (await reach('The event log', 'EVENTSTORE_URL', config.EVENTSTORE_URL, log.end())) === null;
  const nats = await reach('NATS', 'NATS_URL', config.NATS_URL, connect({ ...natsServer(config.NATS_URL), maxReconnectAttempts: -1, reconnectTimeWait: 250, name: `shotlog-${name}-events`, noAsyncTraces: true }));
  const owned = new Set(definition.events.map((e) => e.eventType));
  const reveal = definition.reveal && ((event: Recorded) => definition.reveal!(event, { db: database, config }));
  const owns = (type: string) => owned.has(type);
  const prepare = () => prepareReadModel({ database, url, service: name, tables, projections, log, logger, reveal, owns, fresh });

  let leader!: Leader;
  const tokens = openTokens(config.SHOTLOG_SECRET_KEY);
  const directory = openDirectory(database);
  const resources = await definition.resources?.({ config, logger, database, nats }) ?? { byName: {} };
  const resource = <T>(key: string): T => {
    if (!(key in resources.byName)) throw new Error(`${name} was started without ${key}`);
    return resources.byName[key] as T;
  };
  const repository = openRepository(log);
  const cards = openCards(() => peers('auth'), tokens, () => leader?.projector.position() ?? null);
  const parts = {
    database, log, repository, logger, resource, processes: await openProcesses(name, database, logger), turns: new Turns(),
    persons: cards.persons,
    fetchFrom: (service: string, path: string, position: bigint | null) => askPeer(peers(service), tokens, path, position ?? leader?.projector.position() ?? null),
    // The other service must have seen what this one decides on, its own writes or not.
    send: (subject: string, message: Omit<CommandMessage, 'token'>) => sendToPeer(nats, tokens, subject, { ...message, after: message.after ?? leader?.projector.position()?.toString() ?? null }),
  };
  const forProcesses = openEngine({ ...parts, settle: async (p) => { await leader.projector.reached(p, SETTLE_MS); } });
  const engine = openEngine({ ...parts, settle: async (p) => {
    await leader.projector.reached(p, SETTLE_MS);
    await leader.reactionsReached(p, SETTLE_MS);
    // What one process wrote may set off another.
    await leader.reactionsReached(seenBy(leader.projector, p), SETTLE_MS);
  } });
  const receipts = openReceipts(database, config.SHOTLOG_SECRET_KEY);
  const run = runMessages(() => engine, tokens, directory, receipts, logger, () => leader.projector);
  leader = await startLeader({ service: name, database, log, nats, logger, projections, prepare, fresh, engine: forProcesses, reactions: definition.reactions ?? [],
    owns, reveal,
    leading: () => parts.processes.resume(commandsOf(definition), forProcesses),
    caughtUp: async () => {
      await refillClaims(database, definition.claimSources ?? []);
      await receipts.tidy();
    } });
  const server: Server = openServer({ routes: definition.routes, tokens, directory, engine, projector: leader.projector, logger, processes: parts.processes });
  leader.projector.onProjected(({ events }) => {
    if (events.some((e) => directoryTypes.has(e.type))) {
      directory.forget();
      cards.forget();
    } else if (events.some((e) => e.type.startsWith('TimeSpent'))) {
      // A person's last presence follows their hours.
      cards.forget();
    }
    server.cache.changed(events);
  });
  leader.onTags((tags) => {
    directory.forget();
    cards.forget();
    server.cache.changedTags(tags);
  });
  const context = (key: string): Context => forProcesses.context(
    { caller: Caller.system, command_id: derivedId('background', name, key), correlation_id: newId(), causation_id: null }, { position: null });
  if (leader.leads()) {
    await firstStart(definition, config, forProcesses, log, leader.projector);
  }
  const background = await definition.background?.({ config, logger, context, nats, projector: leader.projector, resource });
  const commands = commandsOf(definition);
  const bySubject = new Map(commands.map((c) => [c.subject, c]));
  const app = await startMicroservice(name, config.NATS_URL, commandController(commands, run));
  return {
    name, port: server, command: (subject, message) => { const c = bySubject.get(subject); return c ? run(c, message) : null; }, projector: leader.projector, log,
    status: async () => {
      const [at, end] = [leader.projector.position(), await log.end().catch(() => null)];
      return { name, position: at?.toString() ?? null, failed_events: leader.projector.failures(), leader: leader.leads(), outbox: leader.outbox(),
        lag: end === null ? 0 : Math.max(0, Number(end - (at ?? 0n))) };
    },
    async stop() {
      await app.close();
      await background?.();
      await leader.stop();
      await parts.processes.close();
      await resources.close?.();
      // A drain waits for a broker that may be gone.
      await Promise.race([nats.drain().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
      await nats.close().catch(() => {});
      await database.close();
      await log.close();
    },
  };
};

const askPeer = async (peer: Port, tokens: Tokens, path: string, position: bigint | null): Promise<any> => {
  const [route, rest = ''] = path.split('|');
  const mark = rest.indexOf('?');
  const [params, search] = mark < 0 ? [rest, ''] : [rest.slice(0, mark), rest.slice(mark + 1)];
  const answer = await peer.ask({ route: route!, params: JSON.parse(params || '{}'), search, token: await tokens.service(), headers: new Headers(), body: null, after: position });
  const text = answer.body === null ? 'null' : await new Response(answer.body as BodyInit).text();
  if (answer.status === 404) throw new DomainError('NotFound', 'There is no such thing.');
  if (answer.status >= 400) throw new DomainError('Unavailable', `Another part answered ${answer.status}.`);
  return JSON.parse(text);
};

const SEND_MS = 60_000;
/** A command of another service, in the system's name. */
const sendToPeer = async (nats: NatsConnection, tokens: Tokens, subject: string, message: Omit<CommandMessage, 'token'>) => {
  const sent = JSON.stringify({ ...message, token: await tokens.service() });
  const reply = await nats.request(subject, sent, { timeout: SEND_MS }).catch((cause) => {
    throw new DomainError('Unavailable', 'The service that does this does not answer now. Try again.', { cause });
  });
  const decoded = decodeReply(reply.data);
  if ('error' in decoded) throw DomainError.fromWire(decoded.error);
  return decoded;
};

/** Cards of persons, asked of auth once and kept until the log tells of a change to any person. */
const openCards = (auth: () => Port, tokens: Tokens, position: () => bigint | null) => {
  let kept = new Map<string, PersonCard>();
  return {
    forget() { kept = new Map(); },
    async persons(ids: string[]): Promise<Map<string, PersonCard>> {
      const missing = [...new Set(ids)].filter((id) => id && !kept.has(id));
      const into = kept;
      if (missing.length > 0) {
        const cards: PersonCard[] = await askPeer(auth(), tokens, `GET /internal/persons|{}?ids=${missing.join(',')}`, position());
        for (const card of cards) into.set(card.id, card);
      }
      return into;
    },
  };
};
