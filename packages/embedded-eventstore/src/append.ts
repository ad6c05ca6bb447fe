import { randomBytes } from 'node:crypto';
import { TOMBSTONE, uuidText, type Expected, type ProposedEvent, type StoredEvent } from './events.ts';
import { isMetastream, isSoftDeleted, METADATA_TYPE, metastreamOf, withTruncateBefore } from './metadata.ts';
import type { Store, StreamState } from './store.ts';

export type Write =
  | { kind: 'append'; stream: string; expected: Expected; events: ProposedEvent[] }
  | { kind: 'delete' | 'tombstone'; stream: string; expected: Expected };

/** `revision` and `current` are -1 for a stream without events; `position` is missing when nothing was ever written. */
export type Outcome =
  | { kind: 'written'; revision: number; position: number | undefined }
  | { kind: 'wrong'; current: number }
  | { kind: 'deleted' };

const exists = (state: StreamState) => state.last >= 0 && !isSoftDeleted(state.metadata);

const isExpected = (state: StreamState, expected: Expected) => {
  switch (expected) {
    case 'any': return true;
    case 'no_stream': return !exists(state);
    case 'stream_exists': return exists(state);
    default: return state.last === expected;
  }
};

const current = (state: StreamState): Outcome => ({ kind: 'wrong', current: isSoftDeleted(state.metadata) ? -1 : state.last });

/** Where a repeated append would have put its first event; undefined when it cannot be a repetition. */
const earlierStart = (store: Store, state: StreamState, expected: Expected, first: ProposedEvent) => {
  if (expected === 'any' || expected === 'stream_exists') return store.revisionOf(state.row, first.id);
  if (expected === 'no_stream') return exists(state) ? state.metadata.truncateBefore ?? 0 : undefined;
  return expected < state.last ? expected + 1 : undefined;
};

/** EventStoreDB's rule: the same ids in the same order where this append would have put them are a repetition. */
const repetition = (store: Store, state: StreamState, write: Write & { kind: 'append' }): Outcome | undefined => {
  const [first] = write.events;
  if (!first || !state.row) return undefined;
  const start = earlierStart(store, state, write.expected, first);
  if (start === undefined) return undefined;
  const there = store.ids(state.row, start, write.events.length);
  const same = write.events.every((event, index) => there[index] === uuidText(event.id));
  if (!same) return there[0] === uuidText(first.id) ? current(state) : undefined;
  const revision = start + write.events.length - 1;
  return { kind: 'written', revision, position: store.streamForwards(state.row, revision, 1)[0]?.position };
};

const writeMetadata = (store: Store, stream: string, truncateBefore: number, now: number) => {
  const meta = store.stream(metastreamOf(stream));
  const [latest] = meta.row ? store.streamBackwards(meta.row, TOMBSTONE, 1) : [];
  return store.insert({
    stream: metastreamOf(stream), revision: meta.last + 1, id: randomBytes(16), type: METADATA_TYPE,
    contentType: 'application/json', data: withTruncateBefore(latest?.data, truncateBefore), metadata: Buffer.alloc(0), created: now,
  });
};

const append = (store: Store, write: Write & { kind: 'append' }, now: number, log: StoredEvent[]): Outcome => {
  const state = store.stream(write.stream);
  const repeated = repetition(store, state, write);
  if (repeated) return repeated;
  if (!isExpected(state, write.expected)) return current(state);
  const from = state.last + 1;
  // An append brings a softly deleted stream back to life, with the old events staying out of sight.
  if (write.events.length && isSoftDeleted(state.metadata)) log.push(writeMetadata(store, write.stream, from, now));
  for (const [index, event] of write.events.entries())
    log.push(store.insert({ ...event, stream: write.stream, revision: from + index, created: now }));
  const revision = from + write.events.length - 1;
  return { kind: 'written', revision, position: write.events.length ? store.lastPosition : undefined };
};

const softDelete = (store: Store, write: Write, now: number, log: StoredEvent[]): Outcome => {
  const state = store.stream(write.stream);
  // Nothing to delete is told as a wrong version -1, which the clients turn into "not found".
  if (!exists(state) && write.expected !== 'no_stream') return { kind: 'wrong', current: -1 };
  if (!isExpected(state, write.expected)) return current(state);
  if (isMetastream(write.stream)) return { kind: 'wrong', current: state.last };
  const event = writeMetadata(store, write.stream, TOMBSTONE, now);
  log.push(event);
  return { kind: 'written', revision: state.last, position: event.position };
};

const tombstone = (store: Store, write: Write, now: number, log: StoredEvent[]): Outcome => {
  const state = store.stream(write.stream);
  if (!isExpected(state, write.expected)) return current(state);
  const event = store.insert({
    stream: write.stream, revision: TOMBSTONE, id: randomBytes(16), type: '$streamDeleted',
    contentType: 'application/octet-stream', data: Buffer.alloc(0), metadata: Buffer.alloc(0), created: now,
  });
  log.push(event);
  return { kind: 'written', revision: TOMBSTONE, position: event.position };
};

/** Applies one write inside the store's open transaction; new events are added to `log`. */
export const applyWrite = (store: Store, write: Write, now: number, log: StoredEvent[]): Outcome => {
  if (store.stream(write.stream).last === TOMBSTONE) return { kind: 'deleted' };
  switch (write.kind) {
    case 'append': return append(store, write, now, log);
    case 'delete': return softDelete(store, write, now, log);
    case 'tombstone': return tombstone(store, write, now, log);
  }
};

