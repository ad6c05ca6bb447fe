import type { Socket } from 'node:net';
import type { Doorkeeper, Permissions } from './auth.ts';
import { Outbox } from './outbox.ts';
import { type CommandSink, Parser, ProtocolError, type ParserLimits } from './parser.ts';
import { type Interest, isLiteral, isValidPattern } from './subjects.ts';

/** How long a refused client may take to read why before its connection is cut. */
const FAREWELL_MS = 1000;

/** What a client is allowed to cost. */
export interface ClientLimits extends ParserLimits {
  maxPendingBytes: number;
}

/** A message on its way from a publisher: the payload, headers first, is `bytes[start, end)`. */
export interface Message {
  subject: string;
  /** '' when no reply is wanted. */
  reply: string;
  /** Bytes of the payload that are headers; -1 when it was published without. */
  headerBytes: number;
  bytes: Buffer;
  start: number;
  end: number;
}

/** What a client needs of the broker that it is connected to. */
export interface Broker {
  readonly doorkeeper: Doorkeeper;
  readonly limits: ClientLimits;
  subscribe(subscription: Subscription): void;
  unsubscribe(subscription: Subscription): void;
  /** Delivers to whoever is interested. */
  publish(from: Client, message: Message): void;
  /** Asks for `client.flush()` when the chunks at hand are read. */
  flushSoon(client: Client): void;
  gone(client: Client): void;
}

/** One SUB of one client. */
export class Subscription implements Interest {
  readonly client: Client;
  readonly subject: string;
  readonly queue: string;
  readonly sid: string;
  readonly isFiltered: boolean;
  delivered = 0;
  /** Ends after so many messages; 0: never. */
  max = 0;

  constructor(client: Client, subject: string, queue: string, sid: string, isFiltered: boolean) {
    this.client = client;
    this.subject = subject;
    this.queue = queue;
    this.sid = sid;
    this.isFiltered = isFiltered;
  }
}

/** The fields of CONNECT that change what the broker does. */
interface ConnectOptions {
  verbose: boolean;
  pedantic: boolean;
  echo: boolean;
  headers: boolean;
  noResponders: boolean;
}

/** One connection: runs what it sends, within its permissions and limits, and sends it what it subscribed to. */
export class Client implements CommandSink {
  readonly #socket: Socket;
  readonly #broker: Broker;
  readonly #parser: Parser;
  readonly #outbox: Outbox;
  readonly #subscriptions = new Map<string, Subscription>();
  // What holds for a client that sends no CONNECT, as one may where no credentials are asked for; as nats-server has it.
  #options: ConnectOptions = { verbose: true, pedantic: true, echo: true, headers: false, noResponders: false };
  #permissions: Permissions;
  #isClosing = false;
  #heardFrom = true;
  #pingsOut = 0;

  constructor(socket: Socket, broker: Broker, info: object) {
    this.#socket = socket;
    this.#broker = broker;
    this.#outbox = new Outbox(socket);
    this.#parser = new Parser(this, broker.limits);
    this.#parser.connectFirst = !broker.doorkeeper.isOpen;
    this.#permissions = broker.doorkeeper.everything;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.close());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#leave());
    this.#send(`INFO ${JSON.stringify(info)}\r\n`);
  }

  get wantsNoResponders(): boolean {
    return this.#options.noResponders;
  }

  /** Sends what is queued. */
  flush(): void {
    this.#outbox.flush();
  }

  /** Whether this client would take the message, were it to match. */
  accepts(subscription: Subscription, from: Client, subject: string): boolean {
    return !this.#isClosing && (from !== this || this.#options.echo) && this.#subscriptions.get(subscription.sid) === subscription
      && (!subscription.isFiltered || this.#permissions.mayReceive(subject));
  }

  /** Queues a message for one of this client's subscriptions. */
  deliver(subscription: Subscription, { subject, reply, headerBytes, bytes, start, end }: Message): void {
    const head = reply === '' ? `${subject} ${subscription.sid}` : `${subject} ${subscription.sid} ${reply}`;
    if (headerBytes >= 0 && this.#options.headers) {
      this.#outbox.message(`HMSG ${head} ${headerBytes} ${end - start}\r\n`, bytes, start, end);
    } else {
      const bodyStart = headerBytes > 0 ? start + headerBytes : start;
      this.#outbox.message(`MSG ${head} ${end - bodyStart}\r\n`, bytes, bodyStart, end);
    }
    subscription.delivered++;
    if (subscription.delivered === subscription.max) this.#end(subscription);
    if (this.#outbox.pendingBytes > this.#broker.limits.maxPendingBytes) this.#cutSlow();
    else this.#broker.flushSoon(this);
  }

  /** Called once an interval: a client that was silent is pinged, and cut when `maxPingsOut` pings stay unanswered. */
  tick(maxPingsOut: number): void {
    if (this.#isClosing) return;
    if (this.#heardFrom) {
      this.#heardFrom = false;
      this.#pingsOut = 0;
    } else if (this.#pingsOut >= maxPingsOut) {
      this.close('Stale Connection');
    } else {
      this.#pingsOut++;
      this.#send('PING\r\n');
    }
  }

  /** Whether credentials are asked for and have not come: such a client is not kept for long. */
  get isStranger(): boolean {
    return this.#parser.connectFirst;
  }

  /** Says why, when there is a reason to say, and ends the connection. What is queued is still sent. */
  close(reason?: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#parser.stop();
    this.#leave();
    if (reason !== undefined) this.#outbox.text(`-ERR '${reason}'\r\n`);
    this.#outbox.flush();
    this.#endWhenSent();
  }

  connect(json: string): void {
    const offer = parseConnect(json);
    const permissions = this.#broker.doorkeeper.admit(offer);
    if (permissions === undefined) throw new ProtocolError('Authorization Violation');
    if (offer.protocol !== undefined && offer.protocol !== 0 && offer.protocol !== 1) throw new ProtocolError('Invalid Client Protocol');
    this.#options = {
      verbose: offer.verbose !== false,
      pedantic: offer.pedantic !== false,
      echo: offer.echo !== false,
      headers: offer.headers === true,
      noResponders: offer.no_responders === true,
    };
    if (this.#options.noResponders && !this.#options.headers) throw new ProtocolError('No Responders Requires Headers Support');
    this.#permissions = permissions;
    this.#parser.connectFirst = false;
    this.#acknowledge();
  }

  publish(subject: string, reply: string, headerBytes: number, bytes: Buffer, start: number, end: number): void {
    if (headerBytes >= 0 && !this.#options.headers) throw new ProtocolError('Message Headers Not Supported');
    if (!this.#permissions.mayPublish(subject)) return this.#refuse(`Permissions Violation for Publish to "${subject}"`);
    if (this.#options.pedantic && !isLiteral(subject)) return this.#refuse('Invalid Publish Subject');
    this.#acknowledge();
    this.#broker.publish(this, { subject, reply, headerBytes, bytes, start, end });
  }

  subscribe(subject: string, queue: string, sid: string): void {
    if (!isValidPattern(subject)) return this.#refuse('Invalid Subject');
    if (!this.#permissions.maySubscribe(subject)) {
      const group = queue === '' ? '' : ` using queue "${queue}"`;
      return this.#refuse(`Permissions Violation for Subscription to "${subject}"${group}`);
    }
    // A sid that is in use keeps its first subscription, as nats-server has it.
    if (!this.#subscriptions.has(sid)) {
      const subscription = new Subscription(this, subject, queue, sid, this.#permissions.isFiltered(subject));
      this.#subscriptions.set(sid, subscription);
      this.#broker.subscribe(subscription);
    }
    this.#acknowledge();
  }

  unsubscribe(sid: string, max: number): void {
    const subscription = this.#subscriptions.get(sid);
    if (subscription !== undefined) {
      subscription.max = max;
      if (max <= subscription.delivered) this.#end(subscription);
    }
    this.#acknowledge();
  }

  ping(): void {
    this.#send('PONG\r\n');
  }

  pong(): void {
    this.#pingsOut = 0;
  }

  #read(chunk: Buffer): void {
    // Read on while closing, without looking: unread bytes would turn the end into a reset that loses the reason.
    if (this.#isClosing) return;
    this.#heardFrom = true;
    try {
      this.#parser.feed(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error.message);
    }
  }

  #acknowledge(): void {
    if (this.#options.verbose) this.#send('+OK\r\n');
  }

  /** An error that the connection survives. */
  #refuse(reason: string): void {
    this.#send(`-ERR '${reason}'\r\n`);
  }

  #send(text: string): void {
    this.#outbox.text(text);
    if (this.#outbox.pendingBytes > this.#broker.limits.maxPendingBytes) this.#cutSlow();
    else this.#broker.flushSoon(this);
  }

  #end(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.sid);
    this.#broker.unsubscribe(subscription);
  }

  #cutSlow(): void {
    this.#outbox.drop();
    this.close('Slow Consumer');
  }

  #endWhenSent(): void {
    const deadline = setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
    this.#socket.once('close', () => clearTimeout(deadline));
    this.#outbox.whenEmpty(() => this.#socket.end());
  }

  #leave(): void {
    this.#isClosing = true;
    for (const subscription of this.#subscriptions.values()) this.#broker.unsubscribe(subscription);
    this.#subscriptions.clear();
    if (this.#socket.destroyed) this.#broker.gone(this);
  }
}

type ConnectFields = Record<string, unknown>;

const parseConnect = (json: string): ConnectFields => {
  try {
    const fields: unknown = JSON.parse(json);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as ConnectFields;
  } catch {
    // Said below: a line that is no JSON and one that is no object are the same mistake.
  }
  throw new ProtocolError('Invalid Connect Options');
};
