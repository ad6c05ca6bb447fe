import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, type AllStreamSubscription, type StreamSubscription } from '@eventstore/db-client';

/** A server that speaks EventStoreDB's protocol, ours or a real one, with or without events of others in it. */
export interface Connected {
  /** `esdb://…` connection string. */
  url: string;
  stop(): Promise<void>;
}

/** What the tests of one suite share. */
export interface Suite {
  readonly url: string;
  readonly client: EventStoreDBClient;
}

/** A stream name nobody else has. */
export const freshStream = (category = 'shot') => `${category}-${randomUUID()}`;

export const commented = (text: string, id: string = randomUUID()) =>
  jsonEvent({ id, type: 'TaskCommented', data: { text }, metadata: { actor: 'anna' } });

/** All that a read brings. */
export const all = async <T>(read: AsyncIterable<T>) => {
  const items: T[] = [];
  for await (const item of read) items.push(item);
  return items;
};

export const readTexts = async (client: EventStoreDBClient, stream: string, options = {}) =>
  (await all(client.readStream(stream, options))).map(({ event }) => (event?.data as { text?: unknown } | undefined)?.text);

/** Collects what a subscription brings; `until` waits for a condition on it and fails with the subscription. */
export const collect = <T extends { event?: { data: unknown } | undefined }>(subscription: AsyncIterable<T> & (AllStreamSubscription | StreamSubscription)) => {
  const events: T[] = [];
  let failure: unknown;
  let caughtUp = 0;
  subscription.on('data', (resolved: unknown) => events.push(resolved as T));
  subscription.on('error', (error) => { failure = error; });
  subscription.on('caughtUp', () => { caughtUp += 1; });
  const until = async (reached: () => boolean) => {
    for (const end = Date.now() + 15_000; !reached();) {
      if (failure) throw failure;
      if (Date.now() > end) throw new Error(`The subscription brought only ${events.length} events.`);
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  return {
    events, until,
    texts: () => events.map(({ event }) => (event?.data as { text?: unknown } | undefined)?.text),
    caughtUp: () => until(() => caughtUp > 0),
    failure: async () => {
      await until(() => failure !== undefined).catch(() => undefined);
      return failure;
    },
  };
};
