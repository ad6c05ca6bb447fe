import { randomUUID } from 'node:crypto';
import { persistentSubscriptionToAllSettingsFromDefaults, persistentSubscriptionToStreamSettingsFromDefaults, PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionExistsError, PersistentSubscriptionMaximumSubscribersReachedError, START, streamNameFilter,
  type PersistentSubscriptionToStream, type PersistentSubscriptionToStreamSettings } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { commented, freshStream, type Suite } from './harness.ts';

type Subscription = PersistentSubscriptionToStream;
type Delivered = { event?: { data: unknown; id: string } | undefined; retryCount: number };

const textOf = ({ event }: Delivered) => (event!.data as { text: string }).text;

/** A consumer that answers each message as told, and remembers what it got. */
const consume = (subscription: Subscription, answer: (delivered: Delivered & { event: never }, count: number) => unknown) => {
  const got: Delivered[] = [];
  let failure: Error | undefined;
  subscription.on('data', (delivered: unknown) => {
    got.push(delivered as Delivered);
    void answer(delivered as never, got.length);
  });
  subscription.on('error', (error) => { failure = error; });
  const until = (count: number) => expect.poll(() => (failure ? String(failure) : got.length), { timeout: 15_000, interval: 5 })
    .toSatisfy((seen) => typeof seen === 'number' && seen >= count);
  return { got, until, texts: () => got.map(textOf), failure: () => failure };
};

const group = async (suite: Suite, texts: string[], changes: Partial<PersistentSubscriptionToStreamSettings> = {}) => {
  const [stream, name] = [freshStream(), randomUUID()];
  if (texts.length) await suite.client.appendToStream(stream, texts.map((text) => commented(text)));
  await suite.client.createPersistentSubscriptionToStream(stream, name,
    persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, checkPointLowerBound: 1, checkPointAfter: 100, ...changes }));
  const connect = (bufferSize = 10) => suite.client.subscribeToPersistentSubscriptionToStream(stream, name, { bufferSize });
  return { stream, name, connect };
};

const deliveries = (suite: Suite) => {
  it('delivers what is there and what comes, and goes on after the last handled one', async () => {
    const { stream, connect } = await group(suite, ['a', 'b']);
    const first = connect();
    const consumer = consume(first, (message) => first.ack(message));
    await suite.client.appendToStream(stream, commented('c'));
    await consumer.until(3);
    expect(consumer.texts()).toEqual(['a', 'b', 'c']);
    await new Promise((done) => setTimeout(done, 50)); // the acknowledgements are on their way; nothing tells of their arrival
    await first.unsubscribe();
    await suite.client.appendToStream(stream, commented('d'));
    const second = connect();
    const next = consume(second, (message) => second.ack(message));
    await next.until(1);
    expect(next.texts().at(-1)).toBe('d');
    await second.unsubscribe();
  });

  it('delivers again what was not handled, and counts', async () => {
    const { connect } = await group(suite, ['a']);
    const subscription = connect();
    const consumer = consume(subscription, (message, count) => (count < 3 ? subscription.nack('retry', 'not now', message) : subscription.ack(message)));
    await consumer.until(3);
    expect(consumer.got.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
    await subscription.unsubscribe();
  });

  it('delivers again what was not answered in time', async () => {
    const { connect } = await group(suite, ['a'], { messageTimeout: 200 });
    const subscription = connect();
    const consumer = consume(subscription, (message, count) => (count > 1 ? subscription.ack(message) : undefined));
    await consumer.until(2);
    expect(consumer.got[1]!.retryCount).toBe(1);
    await subscription.unsubscribe();
  });

  it('never has more messages out than the consumer buffers', async () => {
    const { connect } = await group(suite, [...'abcdefgh']);
    const subscription = connect(3);
    const consumer = consume(subscription, () => undefined);
    await consumer.until(3);
    await suite.client.readStream(freshStream()).on('error', () => {}).cancel(); // a round trip: more would have come before
    expect(consumer.got).toHaveLength(3);
    await subscription.unsubscribe();
  });

  it('shares the messages among its consumers', async () => {
    const { stream, connect } = await group(suite, []);
    const [one, two] = [connect(), connect()];
    const [anna, ben] = [consume(one, (message) => one.ack(message)), consume(two, (message) => two.ack(message))];
    await expect.poll(async () => (await suite.client.listAllPersistentSubscriptions())
      .find(({ eventSource }) => eventSource === stream)?.connections.length).toBe(2);
    for (let index = 0; index < 20; index += 1) await suite.client.appendToStream(stream, commented(String(index)));
    await expect.poll(() => anna.got.length + ben.got.length, { timeout: 15_000 }).toBe(20);
    expect(Math.abs(anna.got.length - ben.got.length)).toBeLessThanOrEqual(4);
    await Promise.all([one.unsubscribe(), two.unsubscribe()]);
  });

  it('gives what a lost consumer held to another', async () => {
    const { connect } = await group(suite, ['a', 'b']);
    const lost = connect();
    await consume(lost, () => undefined).until(2);
    await lost.unsubscribe();
    const other = connect();
    const consumer = consume(other, (message) => other.ack(message));
    await consumer.until(2);
    expect(consumer.texts().toSorted()).toEqual(['a', 'b']);
    await other.unsubscribe();
  });
};

const parking = (suite: Suite) => {
  it.each([
    ['the consumer says so', 10, (subscription: Subscription, message: never) => subscription.nack('park', 'cannot', message)],
    ['it was retried too often', 1, (subscription: Subscription, message: never) => subscription.nack('retry', 'not now', message)],
  ] as const)('parks a message when %s, and replays it', async (_why, maxRetryCount, refuse) => {
    const { stream, name, connect } = await group(suite, ['bad', 'good'], { maxRetryCount });
    const subscription = connect();
    let replaying = false;
    const consumer = consume(subscription, (message) =>
      (textOf(message) === 'bad' && !replaying ? refuse(subscription, message as never) : subscription.ack(message)));
    const parked = async () => (await suite.client.getPersistentSubscriptionToStreamInfo(stream, name)).stats.parkedMessageCount;
    await expect.poll(parked, { timeout: 15_000 }).toBe(1n);
    const before = consumer.got.length;
    replaying = true;
    await suite.client.replayParkedMessagesToStream(stream, name);
    await consumer.until(before + 1);
    expect(consumer.texts().at(-1)).toBe('bad');
    await expect.poll(parked, { timeout: 15_000 }).toBe(0n);
    await subscription.unsubscribe();
  });

  it('skips a message for good', async () => {
    const { stream, name, connect } = await group(suite, ['a', 'b']);
    const subscription = connect(1);
    const consumer = consume(subscription, (message) => subscription.nack('skip', 'no need', message));
    await consumer.until(2);
    expect(consumer.texts()).toEqual(['a', 'b']);
    expect((await suite.client.getPersistentSubscriptionToStreamInfo(stream, name)).stats.parkedMessageCount).toBe(0n);
    await subscription.unsubscribe();
  });
};

const management = (suite: Suite) => {
  it('refuses to create a group twice, and to read or delete one that is not there', async () => {
    const { stream, name } = await group(suite, []);
    await expect(suite.client.createPersistentSubscriptionToStream(stream, name, persistentSubscriptionToStreamSettingsFromDefaults()))
      .rejects.toBeInstanceOf(PersistentSubscriptionExistsError);
    await suite.client.deletePersistentSubscriptionToStream(stream, name);
    await expect(suite.client.deletePersistentSubscriptionToStream(stream, name)).rejects.toBeInstanceOf(PersistentSubscriptionDoesNotExistError);
    const consumer = consume(suite.client.subscribeToPersistentSubscriptionToStream(stream, name), () => undefined);
    await expect.poll(consumer.failure, { timeout: 15_000 }).toBeInstanceOf(PersistentSubscriptionDoesNotExistError);
  });

  it('lets in as many consumers as allowed', async () => {
    const { connect } = await group(suite, ['a'], { maxSubscriberCount: 1 });
    const first = connect();
    await consume(first, () => undefined).until(1);
    const second = consume(connect(), () => undefined);
    await expect.poll(second.failure, { timeout: 15_000 }).toBeInstanceOf(PersistentSubscriptionMaximumSubscribersReachedError);
    await first.unsubscribe();
  });

  it('tells its settings, changed ones too, and who listens', async () => {
    const { stream, name } = await group(suite, ['a'], { maxRetryCount: 3, startFrom: 5n });
    await suite.client.updatePersistentSubscriptionToStream(stream, name,
      persistentSubscriptionToStreamSettingsFromDefaults({ maxRetryCount: 4, consumerStrategyName: 'Pinned', startFrom: 5n }));
    const info = await suite.client.getPersistentSubscriptionToStreamInfo(stream, name);
    expect(info).toMatchObject({ eventSource: stream, groupName: name, connections: [],
      settings: { maxRetryCount: 4, consumerStrategyName: 'Pinned', startFrom: 5n, historyBufferSize: 500 } });
    expect((await suite.client.listPersistentSubscriptionsToStream(stream)).map(({ groupName }) => groupName)).toEqual([name]);
  });

  it('serves groups on $all with a filter', async () => {
    const [prefix, name] = [freshStream('scene'), randomUUID()];
    await suite.client.appendToStream(`${prefix}-1`, commented('a'));
    await suite.client.createPersistentSubscriptionToAll(name, persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START }),
      { filter: streamNameFilter({ prefixes: [prefix] }) });
    const subscription = suite.client.subscribeToPersistentSubscriptionToAll(name);
    const consumer = consume(subscription as unknown as Subscription, (message) => subscription.ack(message));
    await suite.client.appendToStream(freshStream(), commented('elsewhere'));
    await suite.client.appendToStream(`${prefix}-2`, commented('b'));
    await consumer.until(2);
    expect(consumer.texts()).toEqual(['a', 'b']);
    // More events that do not pass than the server looks at in one go.
    await suite.client.appendToStream(freshStream(), Array.from({ length: 3000 }, () => commented('noise')));
    await suite.client.appendToStream(`${prefix}-3`, commented('c'));
    await consumer.until(3);
    await subscription.unsubscribe();
    await suite.client.deletePersistentSubscriptionToAll(name);
  });
};

export const groups = (suite: Suite) => describe('persistent subscriptions', () => {
  deliveries(suite);
  parking(suite);
  management(suite);
});
