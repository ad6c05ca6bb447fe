import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const PATIENCE_MS = 10_000;

/** A client of the bare protocol, for tests that look at the bytes. Bytes are latin1 characters here. */
export class Wire {
  /** Everything that the broker sent so far, INFO included. */
  received = '';
  readonly #socket: Socket;
  #isClosed = false;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.#wake();
    });
    socket.on('end', () => socket.end());
    // A reset is one of the ways in which a broker closes.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Connects and waits for INFO; sends a CONNECT when options are given. */
  static async open(url: string, options?: Record<string, unknown>): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    const wire = new Wire(socket);
    await once(socket, 'connect');
    await wire.sees(/^INFO \{.*\} ?\r\n/);
    if (options !== undefined) wire.send(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, ...options })}\r\n`);
    return wire;
  }

  /** The fields of INFO. */
  get info(): Record<string, unknown> {
    return JSON.parse(this.received.slice(5, this.received.indexOf('\r\n'))) as Record<string, unknown>;
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Waits until what was received matches. @throws Error with what came instead. */
  async sees(expected: string | RegExp): Promise<void> {
    const isThere = (): boolean => typeof expected === 'string' ? this.received.includes(expected) : expected.test(this.received);
    await this.#until(isThere, `${String(expected)} from the broker`);
  }

  /** Sends PING and waits for its PONG: everything sent before has been dealt with then. */
  async settles(): Promise<void> {
    const pongs = (): number => this.received.split('PONG\r\n').length;
    const before = pongs();
    this.send('PING\r\n');
    await this.#until(() => pongs() > before, 'a PONG');
  }

  /** Waits until the broker has closed the connection. */
  async isCut(): Promise<void> {
    await this.#until(() => this.#isClosed, 'the end of the connection', true);
  }

  /** Stops reading, as a client does that is too slow. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says that nothing more will be sent, and goes on listening. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #until(isTrue: () => boolean, what: string, mayBeClosed = false): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isTrue()) {
      const left = deadline - Date.now();
      if (left <= 0 || (this.#isClosed && !mayBeClosed)) {
        throw new Error(`waited in vain for ${what}; came: ${JSON.stringify(this.received.slice(0, 2000))}`);
      }
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, left);
      await Promise.race([this.#changed.promise, timer.promise]);
      clearTimeout(timeout);
    }
  }
}
