import { caughtUpBytes, checkpointBytes, confirmationBytes, eventBytes, fellBehindBytes } from './encode.ts';
import { TOMBSTONE, type StoredEvent } from './events.ts';
import { resolve } from './links.ts';
import { nextTurn, PAGE, send, type ReadCall, type ReadQuery } from './query.ts';
import { streamDeleted } from './refusals.ts';
import { sourceOf, type Source } from './source.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

/** Live events kept for a client that is slow to read; beyond them it falls behind and is served from disk again. */
const LIVE_BUFFER = 2048;

/** The live end of a subscription: new events gather here until they are sent. */
class Live {
  #events: StoredEvent[] = [];
  #wake: (() => void) | undefined;
  /** More came than fits: what is missing must be read from disk. */
  overflowed = false;

  add(events: StoredEvent[]) {
    if (this.#events.length + events.length > LIVE_BUFFER) this.overflowed = true;
    if (this.overflowed) this.#events = [];
    else this.#events.push(...events);
    this.wake();
  }

  wake() {
    this.#wake?.();
  }

  take() {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Makes room for a fresh start from disk. */
  reset() {
    this.#events = [];
    this.overflowed = false;
  }

  arrival() {
    return this.#events.length || this.overflowed ? undefined : new Promise<void>((done) => { this.#wake = done; });
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

/** Sends from disk until nothing newer is there; answers where it stopped. */
const readOn = async (source: Source, feed: Feed, from: number) => {
  let at = from;
  while (feed.open) {
    const page = source.after(at, PAGE);
    for (const event of page) {
      if (!feed.open) return at;
      if (source.readable(event)) await feed.event(event);
      at = source.at(event);
    }
    if (page.length < PAGE) return at;
    await nextTurn();
  }
  return at;
};

/** The same, until what was committed meanwhile fits the live buffer: from there on nothing is missed. */
const catchUp = async (source: Source, feed: Feed, live: Live, from: number) => {
  let at = from;
  do {
    live.reset(); // all of it is on disk already
    at = await readOn(source, feed, at);
  } while (live.overflowed && feed.open);
  await feed.checkpoint(at);
  await feed.raw(caughtUpBytes());
  return at;
};

const follow = async (source: Source, feed: Feed, live: Live, from: number) => {
  let at = await catchUp(source, feed, live, from);
  while (feed.open) {
    await live.arrival();
    if (live.overflowed) {
      await feed.raw(fellBehindBytes());
      at = await catchUp(source, feed, live, at);
    }
    for (const event of live.take()) {
      if (live.overflowed || !feed.open) break;
      if (source.at(event) <= at) continue; // already sent while catching up
      if (event.revision === TOMBSTONE && source.at(event) === TOMBSTONE) throw streamDeleted(event.stream);
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
  const source = sourceOf(store, query.stream);
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
    await follow(source, feed, live, from);
  } finally {
    writer.committed.off('committed', onCommitted);
  }
};
