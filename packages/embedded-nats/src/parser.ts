/** What a client sent, one call each, in the order of the stream. Subjects are latin1 strings: one character a byte. */
export interface CommandSink {
  connect(json: string): void;
  /** `reply` is '' when absent; `headerBytes` is -1 for PUB. The payload (headers first) is `bytes[start, end)`. */
  publish(subject: string, reply: string, headerBytes: number, bytes: Buffer, start: number, end: number): void;
  /** `queue` is '' for a plain subscription. */
  subscribe(subject: string, queue: string, sid: string): void;
  /** `max` is 0 for "now", otherwise the number of messages after which the subscription ends. */
  unsubscribe(sid: string, max: number): void;
  ping(): void;
  pong(): void;
}

/** What the client is told by `-ERR '…'` before its connection is closed. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

/** `maxControlLineBytes` counts a line without its line end; `maxPayloadBytes` counts headers and body together. */
export interface ParserLimits {
  maxControlLineBytes: number;
  maxPayloadBytes: number;
}

/** Words of up to seven letters as numbers (base 32, upper and lower case alike), so that no string is made for them. */
const wordCode = (word: string): number => [...word].reduce((code, letter) => code * 32 + (letter.charCodeAt(0) & 31), 0);
const CONNECT = wordCode('CONNECT');
const PUB = wordCode('PUB');
const HPUB = wordCode('HPUB');
const SUB = wordCode('SUB');
const UNSUB = wordCode('UNSUB');
const PING = wordCode('PING');
const PONG = wordCode('PONG');
const FIRST_LETTERS = new Set([...'CPHSUcphsu'].map((letter) => letter.charCodeAt(0)));

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const MAX_ARGS = 4;

/**
 * The client's half of the NATS protocol, from chunks cut anywhere. Payloads that lie within one chunk are handed on in
 * place; only what spans chunks is copied.
 * Source: https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export class Parser {
  /** While true, anything but CONNECT is an authorization violation. */
  connectFirst = false;
  readonly #sink: CommandSink;
  readonly #limits: ParserLimits;
  #stopped = false;
  /** The beginning of a control line whose end has not arrived. */
  #line: Buffer | undefined;
  /** The PUB or HPUB whose payload is being read; `#size` is -1 when there is none. */
  #subject = '';
  #reply = '';
  #headerBytes = -1;
  #size = -1;
  /** The payload with its line end, when it spans chunks, and how much of it is there. */
  #body: Buffer | undefined;
  #filled = 0;
  /** Bounds of the arguments of the current line: start, end, start, end… */
  readonly #bounds = new Int32Array(MAX_ARGS * 2);

  constructor(sink: CommandSink, limits: ParserLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** Nothing that follows is looked at, not even the rest of the chunk being fed. */
  stop(): void {
    this.#stopped = true;
    this.#line = this.#body = undefined;
  }

  /**
   * Reads one chunk. The chunk must not be reused by the caller: sinks may keep views of it.
   * @throws ProtocolError at the first thing that is not the protocol; the parser must not be fed again after it.
   */
  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      at = this.#size < 0 ? this.#readLine(chunk, at) : this.#readBody(chunk, at);
    }
  }

  #readLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(LF, at);
    if (end < 0) {
      this.#keepLine(chunk.subarray(at));
      return chunk.length;
    }
    if (this.#line === undefined) {
      this.#runLine(chunk, at, end);
    } else {
      const line = Buffer.concat([this.#line, chunk.subarray(at, end)]);
      this.#line = undefined;
      this.#runLine(line, 0, line.length);
    }
    return end + 1;
  }

  #keepLine(part: Buffer): void {
    // Copied, because a few bytes would otherwise keep a whole chunk alive.
    const line = this.#line === undefined ? Buffer.from(part) : Buffer.concat([this.#line, part]);
    if (!FIRST_LETTERS.has(line[0]!)) throw new ProtocolError('Unknown Protocol Operation');
    if (line.length > this.#limits.maxControlLineBytes + 1) throw new ProtocolError('Maximum Control Line Exceeded');
    this.#line = line;
  }

  #runLine(bytes: Buffer, start: number, lineEnd: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    if (end - start > this.#limits.maxControlLineBytes) throw new ProtocolError('Maximum Control Line Exceeded');
    let at = start;
    let code = 0;
    for (; at < end && bytes[at] !== SPACE && bytes[at] !== TAB; at++) {
      const letter = bytes[at]! & 0xdf;
      if (letter < 65 || letter > 90 || at - start >= 7) throw new ProtocolError('Unknown Protocol Operation');
      code = code * 32 + (letter & 31);
    }
    if (this.connectFirst && code !== CONNECT) throw new ProtocolError('Authorization Violation');
    switch (code) {
      case PUB: return this.#startPublish(bytes, at, end);
      case HPUB: return this.#startHeaderPublish(bytes, at, end);
      case SUB: return this.#runSubscribe(bytes, at, end);
      case UNSUB: return this.#runUnsubscribe(bytes, at, end);
      case PING: return this.#sink.ping();
      case PONG: return this.#sink.pong();
      case CONNECT: return this.#sink.connect(bytes.toString('utf8', at, end));
      default: throw new ProtocolError('Unknown Protocol Operation');
    }
  }

  /** Finds the arguments and returns how many there are. */
  #split(bytes: Buffer, start: number, end: number): number {
    let count = 0;
    let at = start;
    for (;;) {
      while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      if (at === end) return count;
      if (count === MAX_ARGS) throw new ProtocolError('Invalid Arguments');
      this.#bounds[count * 2] = at;
      while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
      this.#bounds[count * 2 + 1] = at;
      count++;
    }
  }

  #text(bytes: Buffer, index: number): string {
    return bytes.toString('latin1', this.#bounds[index * 2]!, this.#bounds[index * 2 + 1]!);
  }

  #number(bytes: Buffer, index: number): number {
    let value = 0;
    const end = this.#bounds[index * 2 + 1]!;
    for (let at = this.#bounds[index * 2]!; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) throw new ProtocolError('Invalid Arguments');
      value = Math.min(value * 10 + digit, Number.MAX_SAFE_INTEGER);
    }
    return value;
  }

  #startPublish(bytes: Buffer, at: number, end: number): void {
    const count = this.#split(bytes, at, end);
    if (count !== 2 && count !== 3) throw new ProtocolError('Invalid Arguments');
    this.#expectBody(this.#text(bytes, 0), count === 3 ? this.#text(bytes, 1) : '', -1, this.#number(bytes, count - 1));
  }

  #startHeaderPublish(bytes: Buffer, at: number, end: number): void {
    const count = this.#split(bytes, at, end);
    if (count !== 3 && count !== 4) throw new ProtocolError('Invalid Arguments');
    const headerBytes = this.#number(bytes, count - 2);
    const size = this.#number(bytes, count - 1);
    if (headerBytes > size) throw new ProtocolError('Invalid Arguments');
    this.#expectBody(this.#text(bytes, 0), count === 4 ? this.#text(bytes, 1) : '', headerBytes, size);
  }

  #expectBody(subject: string, reply: string, headerBytes: number, size: number): void {
    if (size > this.#limits.maxPayloadBytes) throw new ProtocolError('Maximum Payload Violation');
    this.#subject = subject;
    this.#reply = reply;
    this.#headerBytes = headerBytes;
    this.#size = size;
  }

  #readBody(chunk: Buffer, at: number): number {
    const size = this.#size;
    if (this.#body === undefined && chunk.length - at >= size + 2) {
      this.#publish(chunk, at, at + size);
      return at + size + 2;
    }
    this.#body ??= Buffer.allocUnsafeSlow(size + 2);
    const copied = chunk.copy(this.#body, this.#filled, at, Math.min(chunk.length, at + this.#body.length - this.#filled));
    this.#filled += copied;
    if (this.#filled === this.#body.length) {
      const body = this.#body;
      this.#body = undefined;
      this.#filled = 0;
      this.#publish(body, 0, size);
    }
    return at + copied;
  }

  #publish(bytes: Buffer, start: number, end: number): void {
    if (bytes[end] !== CR || bytes[end + 1] !== LF) throw new ProtocolError('Unknown Protocol Operation');
    this.#size = -1;
    this.#sink.publish(this.#subject, this.#reply, this.#headerBytes, bytes, start, end);
  }

  #runSubscribe(bytes: Buffer, at: number, end: number): void {
    const count = this.#split(bytes, at, end);
    if (count !== 2 && count !== 3) throw new ProtocolError('Invalid Arguments');
    this.#sink.subscribe(this.#text(bytes, 0), count === 3 ? this.#text(bytes, 1) : '', this.#text(bytes, count - 1));
  }

  #runUnsubscribe(bytes: Buffer, at: number, end: number): void {
    const count = this.#split(bytes, at, end);
    if (count !== 1 && count !== 2) throw new ProtocolError('Invalid Arguments');
    this.#sink.unsubscribe(this.#text(bytes, 0), count === 2 ? this.#number(bytes, 1) : 0);
  }
}
