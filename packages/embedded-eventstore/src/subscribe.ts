import { caughtUpBytes, checkpointBytes, confirmationBytes, eventBytes, fellBehindBytes } from './encode.ts';
import { TOMBSTONE, type StoredEvent } from './events.ts';
import { resolve } from './links.ts';
import { firstReadable, isYoungEnough } from './metadata.ts';
import { PAGE, send, type ReadCall, type ReadQuery } from './read.ts';
import { streamDeleted } from './refusals.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

/** Live events kept for a client that is slow to read; beyond them it falls behind and is served from disk again. */
const LIVE_BUFFER = 2048;

/** What a subscription looks at: the whole log or a stream, addressed by position or revision. */
interface Source {
  /** The newest there is. */
  last(): number;
  /** Up to a page of what comes after. */
  after(at: number): StoredEvent[];
  at(event: StoredEvent): number;
  includes(event: StoredEvent): boolean;
}

const logSource = (store: Store): Source => ({
  last: () => store.lastPosition,
  after: (at) => store.forwards(at + 1, PAGE),
  at: (event) => event.position,
  includes: () => true,
});

const streamSource = (store: Store, stream: string): Source => ({
  last: () => store.stream(stream).last,
  after: (at) => {
    const { row, last, metadata } = store.stream(stream);
    return row ? store.streamForwards(row, Math.max(at + 1, firstReadable(last, metadata)), PAGE) : [];
  },
  at: (event) => event.revision,
  includes: (event) => event.stream === stream,
});

/** The live end of a subscription: new events gather here until they are sent. */
class Live {
  events: StoredEvent[] = [];
  overflowed = false;
  #wake: (() => void) | undefined;

  add(events: StoredEvent[]) {
    if (this.overflowed || this.events.length + events.length > LIVE_BUFFER) {
      this.overflowed = true;
      this.events = [];
    } else this.events.push(...events);
    this.#wake?.();
  }

  wake() {
    this.#wake?.();
  }

  take() {
    const { events, overflowed } = this;
    this.events = [];
    this.overflowed = false;
    return { events, overflowed };
  }

  arrival() {
    return this.events.length || this.overflowed ? undefined : new Promise<void>((done) => { this.#wake = done; });
  }
}

/** Sends what passes the filter, and checkpoints for what does not, so that a resumed client need not look at it again. */
class Feed {
  readonly #store: Store;
  readonly #call: ReadCall;
  readonly #query: ReadQuery;
  #sinceCheckpoint = 0;

  constructor(store: Store, call: ReadCall, query: ReadQuery) {
    this.#store = store;
    this.#call = call;
    this.#query = query;
  }

  get open() {
    return !this.#call.cancelled && !this.#call.destroyed;
  }

  async event(event: StoredEvent) {
    const { filter, followLinks, style } = this.#query;
    if (!filter || filter.matches(event)) {
      const resolved = resolve(this.#store, event, followLinks);
      await send(this.#call, eventBytes(resolved.event, style, resolved.link));
    }
    this.#sinceCheckpoint += 1;
    if (filter && this.#sinceCheckpoint >= filter.checkpointEvery) await this.checkpoint(event.position);
  }

  async checkpoint(position: number) {
    if (!this.#query.filter || this.#sinceCheckpoint === 0) return;
    this.#sinceCheckpoint = 0;
    await send(this.#call, checkpointBytes(position));
  }

  async raw(bytes: Buffer) {
    await send(this.#call, bytes);
  }
}

const readable = (store: Store, query: ReadQuery) => {
  if (query.stream === undefined) return () => true;
  const { metadata } = store.stream(query.stream);
  const now = Date.now();
  return (event: StoredEvent) => isYoungEnough(event.created, metadata, now);
};

/** Sends from disk until nothing newer is there; answers where it stopped. */
const catchUp = async (store: Store, query: ReadQuery, source: Source, feed: Feed, from: number) => {
  let at = from;
  while (feed.open) {
    const page = source.after(at);
    const passes = readable(store, query);
    for (const event of page) {
      if (!feed.open) return at;
      if (event.revision === TOMBSTONE && query.stream !== undefined) throw streamDeleted(query.stream);
      if (passes(event)) await feed.event(event);
      at = source.at(event);
    }
    if (page.length < PAGE) return at;
    await new Promise<void>((done) => { setImmediate(done); });
  }
  return at;
};

const follow = async (store: Store, query: ReadQuery, source: Source, feed: Feed, live: Live, from: number) => {
  let at = await catchUp(store, query, source, feed, from);
  await feed.checkpoint(store.lastPosition);
  await feed.raw(caughtUpBytes());
  while (feed.open) {
    await live.arrival();
    const { events, overflowed } = live.take();
    if (overflowed) {
      await feed.raw(fellBehindBytes());
      at = await catchUp(store, query, source, feed, at);
      await feed.checkpoint(at);
      await feed.raw(caughtUpBytes());
      continue;
    }
    for (const event of events) {
      if (source.at(event) <= at || !feed.open) continue; // already sent while catching up
      if (event.revision === TOMBSTONE && query.stream !== undefined) throw streamDeleted(query.stream);
      await feed.event(event);
      at = source.at(event);
    }
  }
};

const start = (query: ReadQuery, source: Source) =>
  query.from === 'start' ? -1 : query.from === 'end' ? source.last() : query.from;

/**
 * Confirms, sends what is there after the given position or revision, tells that it has caught up, and goes on with
 * what is committed from then on, until the client goes away or the stream is ended.
 */
export const subscribe = async (store: Store, writer: Writer, call: ReadCall, query: ReadQuery, id: string) => {
  const source = query.stream === undefined ? logSource(store) : streamSource(store, query.stream);
  if (query.stream !== undefined && source.last() === TOMBSTONE) throw streamDeleted(query.stream);
  const live = new Live();
  const onCommitted = (events: StoredEvent[]) => {
    const ours = query.stream === undefined ? events : events.filter(source.includes);
    if (ours.length) live.add(ours);
  };
  const wake = () => live.wake();
  const from = start(query, source);
  writer.committed.on('committed', onCommitted);
  call.on('cancelled', wake).on('close', wake);
  try {
    const feed = new Feed(store, call, query);
    await feed.raw(confirmationBytes(id));
    await follow(store, query, source, feed, live, from);
  } finally {
    writer.committed.off('committed', onCommitted);
  }
};
