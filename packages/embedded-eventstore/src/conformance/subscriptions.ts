import { END, eventTypeFilter, jsonEvent, START, StreamDeletedError, streamNameFilter } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { collect, commented, freshStream, type Suite } from './harness.ts';

const toStreams = (suite: Suite) => {
  it('brings what is there, tells that it caught up, and goes on live', async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, [commented('a'), commented('b')]);
    const subscription = suite.client.subscribeToStream(stream, { fromRevision: START });
    const seen = collect(subscription);
    await seen.caughtUp();
    expect(seen.texts()).toEqual(['a', 'b']);
    await suite.client.appendToStream(stream, commented('c'));
    await suite.client.appendToStream(freshStream(), commented('elsewhere'));
    await suite.client.appendToStream(stream, commented('d'));
    await seen.until(() => seen.events.length >= 4);
    expect(seen.texts()).toEqual(['a', 'b', 'c', 'd']);
    await subscription.unsubscribe();
  });

  it.each([[0n, ['b', 'c']], [END, ['c']]] as const)('starts after %s', async (fromRevision, expected) => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, [commented('a'), commented('b')]);
    const subscription = suite.client.subscribeToStream(stream, { fromRevision });
    const seen = collect(subscription);
    await seen.caughtUp();
    await suite.client.appendToStream(stream, commented('c'));
    await seen.until(() => seen.texts().includes('c'));
    expect(seen.texts()).toEqual(expected);
    await subscription.unsubscribe();
  });

  it('waits for a stream that does not exist yet', async () => {
    const stream = freshStream();
    const subscription = suite.client.subscribeToStream(stream);
    const seen = collect(subscription);
    await seen.caughtUp();
    await suite.client.appendToStream(stream, commented('first'));
    await seen.until(() => seen.events.length === 1);
    await subscription.unsubscribe();
  });

  it('ends with an error when the stream is ended for good', async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, commented('a'));
    const seen = collect(suite.client.subscribeToStream(stream));
    await seen.caughtUp();
    await suite.client.tombstoneStream(stream);
    expect(await seen.failure()).toBeInstanceOf(StreamDeletedError);
  });
};

const toAll = (suite: Suite) => {
  it('brings the events of all streams in the order of their positions, after the given one', async () => {
    const [shot, task] = [freshStream('shot'), freshStream('task')];
    const { position } = await suite.client.appendToStream(shot, commented('before'));
    await suite.client.appendToStream(task, commented('a'));
    const subscription = suite.client.subscribeToAll({ fromPosition: position! });
    const seen = collect(subscription);
    await seen.caughtUp();
    await suite.client.appendToStream(shot, commented('b'));
    const ours = () => seen.events.filter(({ event }) => event?.streamId === shot || event?.streamId === task);
    await seen.until(() => ours().length >= 2);
    expect(ours().map(({ event }) => (event!.data as { text: string }).text)).toEqual(['a', 'b']);
    const positions = seen.events.map(({ event }) => event!.position!.commit);
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    await subscription.unsubscribe();
  });

  const mark = Math.random().toString(36).slice(2);
  it.each([
    ['a prefix of the stream name', streamNameFilter({ prefixes: [`${mark}Shot-`, 'nothing-'] }), ['1']],
    ['a regular expression on the stream name', streamNameFilter({ regex: `^${mark}.*-y$` }), ['2']],
    ['a prefix of the event type', eventTypeFilter({ prefixes: [`${mark}Renamed`] }), ['2']],
    ['a regular expression on the event type', eventTypeFilter({ regex: `^${mark}(Created|Renamed)$` }), ['1', '2']],
  ])('filters by %s', async (_what, filter, expected) => {
    const run = Math.random().toString(36).slice(2);
    await suite.client.appendToStream(`${mark}Shot-x`, jsonEvent({ type: `${mark}Created`, data: { text: '1', run } }));
    await suite.client.appendToStream(`${mark}Task-y`, jsonEvent({ type: `${mark}Renamed`, data: { text: '2', run } }));
    await suite.client.appendToStream(`${mark}Done-z`, jsonEvent({ type: `${mark}Done`, data: { text: '3', run } }));
    const ofRun = (data: unknown) => (data as { run?: string }).run === run;
    const subscription = suite.client.subscribeToAll({ fromPosition: START, filter });
    const seen = collect(subscription);
    await seen.caughtUp();
    await subscription.unsubscribe();
    expect(seen.events.filter(({ event }) => ofRun(event?.data)).map(({ event }) => (event!.data as { text: string }).text)).toEqual(expected);
  });

  it('tells by checkpoints how far it looked when nothing matches', async () => {
    const noise = freshStream('noise');
    const first = await suite.client.appendToStream(noise, commented('0'));
    const checkpoints: bigint[] = [];
    const filter = streamNameFilter({ prefixes: [freshStream('nobody')], maxSearchWindow: 8, checkpointInterval: 2,
      checkpointReached: async (_subscription, { commit }) => { checkpoints.push(commit); } });
    const subscription = suite.client.subscribeToAll({ fromPosition: first.position!, filter });
    const seen = collect(subscription);
    await seen.caughtUp();
    let last = first;
    for (let index = 0; index < 40; index += 1) last = await suite.client.appendToStream(noise, commented(String(index)));
    await seen.until(() => (checkpoints.at(-1) ?? 0n) > first.position!.commit && checkpoints.length >= 2);
    expect(checkpoints.at(-1)!).toBeLessThanOrEqual(last.position!.commit);
    expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(seen.events).toEqual([]);
    await subscription.unsubscribe();
  });

  it('brings every event once to a subscriber that starts among busy writers', async () => {
    const prefix = freshStream('busy');
    const write = async (writer: number) => {
      for (let index = 0; index < 100; index += 1)
        await suite.client.appendToStream(`${prefix}-${writer}`, commented(`${writer}:${index}`));
    };
    const writing = Promise.all([0, 1, 2, 3].map(write));
    const subscription = suite.client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: [prefix] }) });
    const seen = collect(subscription);
    await writing;
    await seen.until(() => seen.events.length >= 400);
    expect(new Set(seen.texts()).size).toBe(400);
    expect(seen.events).toHaveLength(400);
    await subscription.unsubscribe();
  });
};

const slowReaders = (suite: Suite) => {
  it('brings everything once and in order to a client that stops reading for a while', async () => {
    const prefix = freshStream('slow');
    const subscription = suite.client.subscribeToAll({ fromPosition: END, filter: streamNameFilter({ prefixes: [prefix] }) });
    const seen = collect(subscription);
    await seen.caughtUp();
    subscription.pause();
    const batch = (first: number) => Array.from({ length: 500 }, (_, index) => commented(`${first + index}`.padEnd(1000)));
    for (let first = 0; first < 6000; first += 500) await suite.client.appendToStream(prefix, batch(first));
    subscription.resume();
    await seen.until(() => seen.events.length >= 6000);
    expect(seen.events.map(({ event }) => Number(event!.revision))).toEqual(Array.from({ length: 6000 }, (_, index) => index));
    await subscription.unsubscribe();
  });
};

export const subscriptions = (suite: Suite) => {
  describe('subscriptions to a stream', () => toStreams(suite));
  describe('subscriptions to $all', () => {
    toAll(suite);
    slowReaders(suite);
  });
};
