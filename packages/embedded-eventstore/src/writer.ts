import { EventEmitter } from 'node:events';
import { applyWrite, type Outcome, type Write } from './append.ts';
import type { StoredEvent } from './events.ts';
import type { Store } from './store.ts';

interface Waiting {
  write: Write;
  /** Milliseconds since 1970 after which the caller no longer waits. */
  deadline: number;
  resolve(outcome: Outcome | 'too late'): void;
  reject(error: unknown): void;
}

/** Writes in one transaction: more would make the first of them wait long, fewer would cost more syncs. */
const GROUP = 2000;

/**
 * Puts the writes that wait into one transaction, and so into one sync of the disk. While SQLite syncs, the requests of
 * others gather in the sockets, which makes the next group.
 */
export class Writer {
  /** Emits `committed` with the new events in log order, after they are on disk. */
  readonly committed = new EventEmitter<{ committed: [StoredEvent[]] }>();
  readonly #store: Store;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(store: Store) {
    this.#store = store;
    this.committed.setMaxListeners(0);
  }

  /**
   * Answers when the outcome is on disk.
   * @throws {NotStored} when the commit fails.
   */
  write(write: Write, deadline = Infinity) {
    return new Promise<Outcome | 'too late'>((resolve, reject) => {
      this.#waiting.push({ write, deadline, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits to be written. */
  async idle() {
    while (this.#waiting.length) await new Promise<void>((done) => { setImmediate(done); });
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit(this.#waiting.splice(0, GROUP));
      if (this.#waiting.length) this.#schedule();
    });
  }

  #commit(group: Waiting[]) {
    const now = Date.now();
    const log: StoredEvent[] = [];
    try {
      const outcomes = this.#store.transaction(() => group.map(({ write, deadline }) =>
        now > deadline ? 'too late' as const : applyWrite(this.#store, write, now, log)));
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    if (log.length) this.committed.emit('committed', log);
  }
}
