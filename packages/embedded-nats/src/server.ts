import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { type Credentials, Doorkeeper } from './auth.ts';
import { type Broker, Client, type ClientLimits, type Message, type Subscription } from './client.ts';
import { type Matches, SubjectIndex } from './subjects.ts';

/** Options of {@link startNats}; all have defaults that suit one machine. */
export interface NatsOptions extends Credentials {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default '127.0.0.1': this machine alone. */
  host?: string;
  /** Headers and body of one message. Default 1 MiB. */
  maxPayloadBytes?: number;
  /** What may wait for one client before it is cut off as a slow consumer. Default 64 MiB. */
  maxPendingBytes?: number;
  /** One line of the protocol, a CONNECT with its token included. Default 4096. */
  maxControlLineBytes?: number;
  /** A client silent for so long is pinged. Default two minutes. */
  pingIntervalMs?: number;
  /** A client that leaves so many pings unanswered is cut. Default 2. */
  maxPingsOut?: number;
  /** How long a client may take to present credentials, where they are asked for. Default two seconds. */
  authTimeoutMs?: number;
}

/** A running broker. */
export interface NatsServer {
  port: number;
  /** `nats://HOST:PORT`, without credentials. */
  url: string;
  /** Sends what is queued, closes every connection and frees the port. May be called again. */
  stop(): Promise<void>;
}

/** Clients read features off the version; this is the release of nats-server whose core protocol is spoken here. */
const PROTOCOL_VERSION = '2.10.0';
const NO_RESPONDERS = Buffer.from('NATS/1.0 503\r\n\r\n');

class EmbeddedBroker implements Broker {
  readonly doorkeeper: Doorkeeper;
  readonly limits: ClientLimits;
  readonly #options: NatsOptions;
  readonly #index = new SubjectIndex<Subscription>();
  readonly #clients = new Set<Client>();
  readonly #serverId = `N${randomBytes(27).toString('hex').toUpperCase()}`;
  #unflushed = new Set<Client>();
  #lastClientId = 0;

  constructor(options: NatsOptions) {
    this.#options = options;
    this.doorkeeper = new Doorkeeper(options);
    this.limits = {
      maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
      maxPendingBytes: options.maxPendingBytes ?? 64 * 1024 * 1024,
      maxControlLineBytes: options.maxControlLineBytes ?? 4096,
    };
  }

  accept(socket: Socket): void {
    socket.setNoDelay(true);
    const client = new Client(socket, this, {
      server_id: this.#serverId,
      server_name: 'shotlog-embedded',
      version: PROTOCOL_VERSION,
      proto: 1,
      host: socket.localAddress,
      port: socket.localPort,
      headers: true,
      max_payload: this.limits.maxPayloadBytes,
      client_id: ++this.#lastClientId,
      client_ip: socket.remoteAddress,
      ...(this.doorkeeper.isOpen ? {} : { auth_required: true }),
    });
    this.#clients.add(client);
    if (client.isStranger) this.#expectCredentials(client, socket);
  }

  subscribe(subscription: Subscription): void {
    this.#index.add(subscription);
  }

  unsubscribe(subscription: Subscription): void {
    this.#index.remove(subscription);
  }

  publish(from: Client, message: Message): void {
    const matches = this.#index.match(message.subject);
    if (this.#deliver(from, message, matches) || message.reply === '' || !from.wantsNoResponders) return;
    const status: Message = {
      subject: message.reply, reply: '', headerBytes: NO_RESPONDERS.length, bytes: NO_RESPONDERS, start: 0, end: NO_RESPONDERS.length,
    };
    const waiting = this.#index.match(message.reply).plain.find((subscription) => subscription.client === from);
    if (waiting !== undefined) from.deliver(waiting, status);
  }

  flushSoon(client: Client): void {
    // After the sockets that are readable now have been read: one write then carries what they all brought.
    if (this.#unflushed.size === 0) setImmediate(() => this.#flush());
    this.#unflushed.add(client);
  }

  gone(client: Client): void {
    this.#clients.delete(client);
  }

  tick(): void {
    for (const client of this.#clients) client.tick(this.#options.maxPingsOut ?? 2);
  }

  closeAll(): void {
    for (const client of this.#clients) client.close();
  }

  #deliver(from: Client, message: Message, { plain, groups }: Matches<Subscription>): boolean {
    let isDelivered = false;
    for (const subscription of plain) {
      if (!subscription.client.accepts(subscription, from, message.subject)) continue;
      subscription.client.deliver(subscription, message);
      isDelivered = true;
    }
    for (const members of groups) {
      // A random member, or the next one after it that may have the message.
      const first = Math.floor(Math.random() * members.length);
      for (let step = 0; step < members.length; step++) {
        const subscription = members[(first + step) % members.length]!;
        if (!subscription.client.accepts(subscription, from, message.subject)) continue;
        subscription.client.deliver(subscription, message);
        isDelivered = true;
        break;
      }
    }
    return isDelivered;
  }

  #flush(): void {
    const clients = this.#unflushed;
    this.#unflushed = new Set();
    for (const client of clients) client.flush();
  }

  #expectCredentials(client: Client, socket: Socket): void {
    const deadline = setTimeout(() => {
      if (client.isStranger) client.close('Authentication Timeout');
    }, this.#options.authTimeoutMs ?? 2000);
    socket.once('close', () => clearTimeout(deadline));
  }
}

const listen = async (server: Server, port: number, host: string): Promise<number> => {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/**
 * Starts a broker in this process that speaks the NATS client protocol over TCP: publish and subscribe, wildcards,
 * queue groups, headers, request and reply. No JetStream, clustering or TLS.
 * @throws Error with the code of `listen` (EADDRINUSE, EACCES…) when the port cannot be had.
 */
export const startNats = async (options: NatsOptions = {}): Promise<NatsServer> => {
  const host = options.host ?? '127.0.0.1';
  const broker = new EmbeddedBroker(options);
  // Half open, so that what a client asked for in its last breath is still answered.
  const server = createServer({ allowHalfOpen: true }, (socket) => broker.accept(socket));
  const port = await listen(server, options.port ?? 0, host);
  // One connection that cannot be accepted (too many open files) must not end the broker.
  server.on('error', () => {});
  const pinger = setInterval(() => broker.tick(), options.pingIntervalMs ?? 120_000);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    clearInterval(pinger);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    broker.closeAll();
    return closed;
  };
  const urlHost = host.includes(':') ? `[${host}]` : host;
  return { port, url: `nats://${urlHost}:${port}`, stop: () => (stopped ??= stop()) };
};
