import type { Socket } from 'node:net';

const BLOCK_BYTES = 32 * 1024;

/**
 * What waits to be sent to one client. Small messages are packed into blocks, big payloads are sent from where they
 * lie; one batch is on its way at a time, so that all the rest can still be dropped at a message's border.
 */
export class Outbox {
  readonly #socket: Socket;
  #sealed: Buffer[] = [];
  #block: Buffer | undefined;
  #used = 0;
  #spare: Buffer | undefined;
  #queuedBytes = 0;
  #sendingBytes = 0;
  #onEmpty: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the client's side of the connection has not taken yet. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#sendingBytes;
  }

  /** Queues one-byte-a-character text. */
  text(text: string): void {
    const block = this.#room(text.length);
    block.write(text, this.#used, 'latin1');
    this.#used += text.length;
    this.#queuedBytes += text.length;
  }

  /** Queues a control line, the payload `bytes[start, end)` and its line end. */
  message(line: string, bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size >= BLOCK_BYTES) {
      this.text(line);
      this.#seal();
      this.#sealed.push(bytes.subarray(start, end));
      this.#queuedBytes += size;
      this.text('\r\n');
      return;
    }
    const total = line.length + size + 2;
    const block = this.#room(total);
    block.write(line, this.#used, 'latin1');
    bytes.copy(block, this.#used + line.length, start, end);
    this.#used += total;
    block[this.#used - 2] = 13;
    block[this.#used - 1] = 10;
    this.#queuedBytes += total;
  }

  /** Hands what is queued to the socket, unless an earlier batch is still on its way; then it follows that one. */
  flush(): void {
    if (this.#sendingBytes > 0 || this.#queuedBytes === 0 || this.#socket.destroyed) return;
    const reusable = this.#block;
    this.#seal();
    const batch = this.#sealed;
    this.#sealed = [];
    this.#sendingBytes = this.#queuedBytes;
    this.#queuedBytes = 0;
    const sent = (): void => {
      this.#sendingBytes = 0;
      if (reusable?.length === BLOCK_BYTES) this.#spare = reusable;
      this.flush();
      this.#reportEmpty();
    };
    this.#socket.cork();
    for (const [index, bytes] of batch.entries()) this.#socket.write(bytes, index === batch.length - 1 ? sent : undefined);
    this.#socket.uncork();
  }

  /** Calls back once, when everything has been handed to the operating system. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.#reportEmpty();
  }

  /** Forgets what is not on its way yet. */
  drop(): void {
    this.#sealed = [];
    this.#block = undefined;
    this.#used = 0;
    this.#queuedBytes = 0;
  }

  #reportEmpty(): void {
    if (this.pendingBytes > 0) return;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }

  #room(bytes: number): Buffer {
    if (this.#block !== undefined && this.#block.length - this.#used >= bytes) return this.#block;
    this.#seal();
    this.#block = bytes <= BLOCK_BYTES ? (this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)) : Buffer.allocUnsafeSlow(bytes);
    this.#spare = undefined;
    return this.#block;
  }

  #seal(): void {
    if (this.#block !== undefined && this.#used > 0) this.#sealed.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
