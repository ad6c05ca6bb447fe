import { randomUUID } from 'node:crypto';
import { eventBytes, notFoundBytes } from './encode.ts';
import { TOMBSTONE, type StoredEvent } from './events.ts';
import { resolve } from './links.ts';
import { firstReadable, isSoftDeleted, isYoungEnough } from './metadata.ts';
import { nextTurn, PAGE, parseQuery, send, type ReadCall, type ReadQuery } from './query.ts';
import { fail, InvalidRequest, streamDeleted } from './refusals.ts';
import type { Store } from './store.ts';
import { subscribe } from './subscribe.ts';
import type { Writer } from './writer.ts';

const allPages = async function* (store: Store, query: ReadQuery) {
  let at = query.from === 'start' ? 0 : query.from === 'end' ? TOMBSTONE : query.from;
  for (;;) {
    const page = query.backwards ? store.backwards(at, PAGE) : query.from === 'end' ? [] : store.forwards(at, PAGE);
    yield page;
    if (page.length < PAGE) return;
    at = page.at(-1)!.position + (query.backwards ? 0 : 1);
    await nextTurn();
  }
};

const streamPages = async function* (store: Store, query: ReadQuery, stream: string) {
  const { row, last, metadata } = store.stream(stream);
  const first = firstReadable(last, metadata);
  const now = Date.now();
  let at = query.from === 'start' ? (query.backwards ? 0 : first) : query.from === 'end' ? last : query.from;
  if (!query.backwards) at = Math.max(at, first);
  for (;;) {
    const page = query.backwards ? store.streamBackwards(row, at, PAGE) : store.streamForwards(row, at, PAGE);
    yield page.filter((event) => event.revision >= first && isYoungEnough(event.created, metadata, now));
    if (page.length < PAGE || (query.backwards && page.at(-1)!.revision <= first)) return;
    at = page.at(-1)!.revision + (query.backwards ? -1 : 1);
    await nextTurn();
  }
};

const sendPages = async (store: Store, call: ReadCall, query: ReadQuery, pages: AsyncIterable<StoredEvent[]>) => {
  let left = query.count;
  for await (const page of pages) {
    for (const event of page) {
      if (left === 0) return;
      if (query.filter && !query.filter.matches(event)) continue;
      const resolved = resolve(store, event, query.followLinks);
      if (!(await send(call, eventBytes(resolved.event, query.style, resolved.link)))) return;
      left -= 1;
    }
    if (left === 0) return;
  }
};

const read = async (store: Store, call: ReadCall, query: ReadQuery) => {
  if (query.count === 0) throw new InvalidRequest('A read needs a count above zero.');
  if (query.stream === undefined) return sendPages(store, call, query, allPages(store, query));
  const { last, metadata } = store.stream(query.stream);
  if (last === TOMBSTONE) throw streamDeleted(query.stream);
  if (last < 0 || isSoftDeleted(metadata)) {
    await send(call, notFoundBytes(query.stream));
    return;
  }
  await sendPages(store, call, query, streamPages(store, query, query.stream));
};

/** Reads of a stream or of `$all`, and subscriptions, which are reads that do not end. */
export const readHandler = (store: Store, writer: Writer) => (call: ReadCall) => {
  const serve = async () => {
    const options = call.request.getOptions();
    if (!options) throw new InvalidRequest('The request has no options.');
    const query = parseQuery(options);
    await (options.hasSubscription() ? subscribe(store, writer, call, query, randomUUID()) : read(store, call, query));
    if (!call.cancelled) call.end();
  };
  serve().catch((error: unknown) => fail(call, error));
};
