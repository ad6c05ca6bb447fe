import { randomBytes } from 'node:crypto';
import type { Message } from './consumers.ts';
import type { Group } from './group.ts';
import { LINK_TYPE, resolve } from './links.ts';
import { firstReadable, isSoftDeleted, METADATA_TYPE, metastreamOf } from './metadata.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

/** Holds links (`revision@stream`) to the group's parked events, and may be read like any stream. */
const parkedStream = (stream: string, name: string) => `$persistentsubscription-${stream}::${name}-parked`;

/** Parked revisions of a group that were handed out again. */
interface Replay {
  next: number;
  unhandled: number;
}

/** The messages that groups could not handle. They leave their stream when, delivered again, they were handled. */
export class Parked {
  readonly #store: Store;
  readonly #writer: Writer;
  readonly #replays = new WeakMap<Group, Replay>();

  constructor(store: Store, writer: Writer) {
    this.#store = store;
    this.#writer = writer;
  }

  /** @throws {NotStored} when it cannot be written. */
  async add(stream: string, name: string, { event }: Message, reason: string) {
    await this.#writer.write({
      kind: 'append', stream: parkedStream(stream, name), expected: 'any', events: [{
        id: randomBytes(16), type: LINK_TYPE, contentType: 'application/octet-stream',
        data: Buffer.from(`${event.revision}@${event.stream}`),
        metadata: Buffer.from(JSON.stringify({ added: new Date().toISOString(), reason })),
      }],
    });
  }

  count(stream: string, name: string) {
    const { last, metadata } = this.#store.stream(parkedStream(stream, name));
    return last < 0 || isSoftDeleted(metadata) ? 0 : last + 1 - firstReadable(last, metadata);
  }

  /** Delivers up to `limit` of them again, oldest first; what is already under way is not delivered twice. */
  replay(group: Group, stream: string, name: string, limit: number) {
    const parked = parkedStream(stream, name);
    const { row, last, metadata } = this.#store.stream(parked);
    const replay = this.#replays.get(group) ?? { next: 0, unhandled: 0 };
    this.#replays.set(group, replay);
    const first = Math.max(replay.next, firstReadable(last, metadata));
    const count = Math.min(limit, last + 1 - first);
    if (count <= 0 || isSoftDeleted(metadata)) return;
    const events = this.#store.streamForwards(row, first, count).map((event) => resolve(this.#store, event, true));
    replay.next = first + count;
    replay.unhandled += events.length;
    group.replay(events, () => {
      replay.unhandled -= 1;
      // Only now are they gone: had the server died before, they would still be parked.
      if (replay.unhandled === 0) void this.#truncate(parked, replay.next).catch(() => {}); // else with the next replay
    });
  }

  #truncate(parked: string, truncateBefore: number) {
    return this.#writer.write({
      kind: 'append', stream: metastreamOf(parked), expected: 'any', events: [{
        id: randomBytes(16), type: METADATA_TYPE, contentType: 'application/json',
        data: Buffer.from(JSON.stringify({ $tb: truncateBefore })), metadata: Buffer.alloc(0),
      }],
    });
  }

  async forget(stream: string, name: string) {
    if (this.count(stream, name)) await this.#writer.write({ kind: 'delete', stream: parkedStream(stream, name), expected: 'any' });
  }
}
