import { TOMBSTONE, type StoredEvent } from './events.ts';
import { firstReadable, isYoungEnough } from './metadata.ts';
import { streamDeleted } from './refusals.ts';
import type { Store } from './store.ts';

/** What a subscription looks at: the whole log, addressed by position, or a stream, addressed by revision. */
export interface Source {
  /** Position or revision of the newest event; -1 or 0 when there is none. */
  last(): number;
  /**
   * Up to `count` events after a position or revision, oldest first, whether readable or not.
   * @throws the refusal for a stream that was ended for good, once nothing else is left of it.
   */
  after(at: number, count: number): StoredEvent[];
  /** The event's position or revision. */
  at(event: StoredEvent): number;
  includes(event: StoredEvent): boolean;
  /** Whether the stream's metadata still lets the event be read. */
  readable(event: StoredEvent): boolean;
}

const logSource = (store: Store): Source => ({
  last: () => store.lastPosition,
  after: (at, count) => store.forwards(at + 1, count),
  at: (event) => event.position,
  includes: () => true,
  readable: () => true,
});

const streamSource = (store: Store, stream: string): Source => ({
  last: () => store.stream(stream).last,
  after: (at, count) => {
    const { row, last, metadata } = store.stream(stream);
    if (!row) return [];
    const events = store.streamForwards(row, Math.max(at + 1, firstReadable(last, metadata)), count);
    if (events[0]?.revision === TOMBSTONE) throw streamDeleted(stream);
    return events.filter(({ revision }) => revision !== TOMBSTONE);
  },
  at: (event) => event.revision,
  includes: (event) => event.stream === stream,
  readable: (event) => isYoungEnough(event.created, store.stream(stream).metadata, Date.now()),
});

/** The source of a stream, or of `$all` when no stream is named. */
export const sourceOf = (store: Store, stream: string | undefined) =>
  stream === undefined ? logSource(store) : streamSource(store, stream);
