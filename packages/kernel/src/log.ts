import {
  BACKWARDS, END, EventStoreDBClient, FORWARDS, jsonEvent, MaxAppendSizeExceededError, NO_STREAM, START, StreamNotFoundError, WrongExpectedVersionError,
  streamNameFilter, type AppendExpectedRevision, type ResolvedEvent,
} from '@eventstore/db-client';
import { DomainError } from './errors.ts';
import { derivedId } from './ids.ts';
import { Feed, type Source } from './feed.ts';
import { catalogue, upcast, type Metadata, type NewEvent, type Recorded } from './event.ts';

/** The stream has moved on since it was read. */
export class WrongExpectedRevision extends Error {}

/** Our view of the event log: EventStoreDB's streams, with our metadata and our catalogue. */
export type Log = {
  /**
   * Appends facts to one stream. `revision` is the last revision that the decision was made on, -1 for a new stream.
   * The same `metadata.command_id` gives the same event ids, so that a repeated append is recognised by the log.
   * @throws WrongExpectedRevision; DomainError Unavailable (503) when the log cannot be reached or cannot write.
   */
  append(stream: string, revision: number, events: NewEvent[], metadata: Omit<Metadata, 'version'>): Promise<{ revision: number; position: bigint }>;
  /** A stream from one revision on, oldest first; an empty list for a stream that does not exist. */
  read(stream: string, from?: number): Promise<Recorded[]>;
  /** Everything after a position, oldest first; `events` may stop early. */
  readAll(after: bigint | null): AsyncIterable<Recorded>;
  /** The position of the newest event; null for an empty log. */
  end(): Promise<bigint | null>;
  /**
   * Everything after a position, for ever. Answers how to stop. `lost` is called once when the subscription breaks. While `full`
   * answers true nothing more is taken from the server.
   */
  subscribe(after: bigint | null, each: (event: Recorded) => void, passed: (position: bigint) => void, lost: (error: Error) => void, full: () => boolean): () => Promise<void>;
  close(): Promise<void>;
};

const expected = (revision: number): AppendExpectedRevision => (revision < 0 ? NO_STREAM : BigInt(revision));

/** Events of the log's own bookkeeping and of strangers are left out. */
const recorded = ({ event }: ResolvedEvent): Recorded | null => {
  if (!event || event.isJson === false || !catalogue.has(event.type)) return null;
  const metadata = event.metadata as unknown as Metadata;
  return {
    id: event.id, type: event.type, data: upcast(event.type, metadata.version ?? 1, event.data), stream: event.streamId,
    revision: Number(event.revision), position: event.position?.commit ?? 0n, metadata,
  };
};

const refusal = (cause: unknown): DomainError => (cause instanceof MaxAppendSizeExceededError
  ? new DomainError('Invalid', 'This is too much for one event.', { status: 413, cause })
  : new DomainError('Unavailable', 'The event log does not answer now. Try again.', { cause }));

/** How long a log that is being started again, or is choosing a leader, is waited for. */
const OUTAGE_MS = 5_000;
const PASSING: ReadonlySet<unknown> = new Set(['unavailable', 'cancelled', 'not-leader', 'unknown']);

/** Does it again while the log is out of reach. Reads may be repeated, and so may appends: the log knows an event by its id. */
const outlast = async <T>(work: () => Promise<T>): Promise<T> => {
  for (const end = Date.now() + OUTAGE_MS; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await work();
    } catch (error) {
      if (!PASSING.has((error as { type?: unknown }).type) || Date.now() > end) throw error;
    }
  }
};

/** Everything but the log's own `$` streams. */
const ours = () => streamNameFilter({ regex: '^[^$]', checkpointInterval: 1, maxSearchWindow: 32 });

type Shared = { client: EventStoreDBClient; feed: Feed; users: number };
/** One client for each log in a process: clients share more than they should, and one connection is enough. */
const shared = new Map<string, Shared>();

const after = (position: bigint | null) => (position === null ? START : { commit: position, prepare: position });
const passing = (resolved: ResolvedEvent) => ({ event: recorded(resolved), position: resolved.event?.position?.commit ?? 0n });

const sourceOf = (client: EventStoreDBClient): Source => ({
  async *readAll(position) {
    for await (const resolved of client.readAll({ direction: FORWARDS, fromPosition: after(position) })) {
      if (!(resolved as ResolvedEvent).event?.streamId.startsWith('$')) yield passing(resolved as ResolvedEvent);
    }
  },
  follow(position, each, lost) {
    const subscription = client.subscribeToAll({ fromPosition: after(position), filter: ours() });
    subscription.on('data', (resolved) => each(passing(resolved as ResolvedEvent)));
    subscription.on('error', (error) => lost(error as Error));
    subscription.on('end', () => lost(new Error('the subscription ended')));
    return () => subscription.unsubscribe();
  },
  async end() {
    for await (const resolved of client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 64 })) {
      const { event } = resolved as ResolvedEvent;
      if (event && !event.streamId.startsWith('$')) return event.position?.commit ?? null;
    }
    return null;
  },
});

const share = (url: string): Shared => {
  const met = shared.get(url);
  if (met) {
    met.users += 1;
    return met;
  }
  const client = EventStoreDBClient.connectionString(url);
  const made = { client, feed: new Feed(sourceOf(client)), users: 1 };
  shared.set(url, made);
  return made;
};

const release = async (url: string): Promise<void> => {
  const met = shared.get(url);
  if (!met || --met.users > 0) return;
  shared.delete(url);
  // The client waits for the end of streams that it has cancelled itself, which some never tell.
  await Promise.race([met.client.dispose(), new Promise<void>((resolve) => setTimeout(resolve, 200))]);
};

/** Connects to the event log by an EventStoreDB connection string (`esdb://…`). */
export const openLog = (url: string): Log => {
  const { client, feed } = share(url);
  const source = sourceOf(client);
  return {
    async append(stream, revision, events, metadata) {
      const written = events.map((event, i) => jsonEvent({
        id: derivedId(metadata.command_id, stream, String(i), event.type), type: event.type, data: event.data,
        metadata: { ...metadata, version: event.version } as any,
      }));
      try {
        const answer = await outlast(() => client.appendToStream(stream, written, { expectedRevision: expected(revision) }));
        return { revision: Number(answer.nextExpectedRevision), position: answer.position?.commit ?? 0n };
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) throw new WrongExpectedRevision(stream, { cause: error });
        throw refusal(error);
      }
    },
    async read(stream, from = 0) {
      try {
        return await outlast(async () => {
          const events: Recorded[] = [];
          for await (const resolved of client.readStream(stream, { direction: FORWARDS, fromRevision: BigInt(from) })) {
            const event = recorded(resolved as ResolvedEvent);
            if (event) events.push(event);
          }
          return events;
        });
      } catch (error) {
        if (error instanceof StreamNotFoundError) return [];
        throw refusal(error);
      }
    },
    async *readAll(position) {
      for await (const { event, position: at } of source.readAll(position)) if (event && at !== position) yield event;
    },
    end: () => source.end(),
    subscribe: (position, each, passed, lost, full) =>
      feed.join(position, { each: ({ event, position: at }) => (event ? each(event) : passed(at)), lost, full }),
    close: () => release(url),
  };
};
