import { randomUUID } from 'node:crypto';
import { ANY, binaryEvent, END, BACKWARDS, jsonEvent, NO_STREAM, START, STREAM_EXISTS, StreamDeletedError, StreamNotFoundError,
  WrongExpectedVersionError, type StreamMetadata } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { all, commented, freshStream, readTexts, type Suite } from './harness.ts';

/** Both ways of appending: one call for each append, which is what calls with credentials use, and one call for many. */
const WAYS = [['append', { credentials: { username: 'admin', password: 'changeit' } }], ['batch append', {}]] as const;

const expectations = (suite: Suite) => describe.each(WAYS)('%s', (_way, options) => {
  it('answers the revision and position of the last event', async () => {
    const stream = freshStream();
    const first = await suite.client.appendToStream(stream, [commented('a'), commented('b')], { ...options, expectedRevision: NO_STREAM });
    const second = await suite.client.appendToStream(stream, commented('c'), { ...options, expectedRevision: 1n });
    expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([1n, 2n]);
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
    expect(await readTexts(suite.client, stream)).toEqual(['a', 'b', 'c']);
  });

  it.each([[NO_STREAM, 0n], [7n, 0n]] as const)('refuses %s on a stream with one event and tells the actual revision', async (expected, actual) => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, commented('a'), options);
    const refused = suite.client.appendToStream(stream, commented('b'), { ...options, expectedRevision: expected });
    await expect(refused).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: actual, expectedVersion: expected });
    await expect(refused).rejects.toBeInstanceOf(WrongExpectedVersionError);
    expect(await readTexts(suite.client, stream)).toEqual(['a']);
  });

  it.each([STREAM_EXISTS, 0n] as const)('refuses %s on a missing stream', async (expectedRevision) => {
    await expect(suite.client.appendToStream(freshStream(), commented('a'), { ...options, expectedRevision }))
      .rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 'no_stream' });
  });

  it.each([NO_STREAM, ANY, 0n, STREAM_EXISTS] as const)('answers a repeated append with %s the same and writes nothing', async (expectedRevision) => {
    const stream = freshStream();
    const needsOne = expectedRevision === 0n || expectedRevision === STREAM_EXISTS;
    if (needsOne) await suite.client.appendToStream(stream, commented('first'), { ...options, expectedRevision: NO_STREAM });
    const events = [commented('a'), commented('b')];
    const once = await suite.client.appendToStream(stream, events, { ...options, expectedRevision });
    await suite.client.appendToStream(stream, commented('later'), options);
    const again = await suite.client.appendToStream(stream, events, { ...options, expectedRevision });
    expect(again.nextExpectedRevision).toBe(once.nextExpectedRevision);
    expect(await readTexts(suite.client, stream)).toEqual([...(needsOne ? ['first'] : []), 'a', 'b', 'later']);
  });

  it('refuses an append of which only the beginning was written before', async () => {
    const stream = freshStream();
    const known = commented('a');
    await suite.client.appendToStream(stream, known, { ...options, expectedRevision: NO_STREAM });
    await expect(suite.client.appendToStream(stream, [known, commented('b')], { ...options, expectedRevision: NO_STREAM }))
      .rejects.toBeInstanceOf(WrongExpectedVersionError);
  });

  it('refuses a stream that was ended for good', async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, commented('a'), options);
    await suite.client.tombstoneStream(stream);
    await expect(suite.client.appendToStream(stream, commented('b'), options)).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(readTexts(suite.client, stream)).rejects.toBeInstanceOf(StreamDeletedError);
  });

  it('refuses more than the largest append', async () => {
    const text = 'x'.repeat(17 * 1024);
    const events = Array.from({ length: 64 }, () => commented(text));
    await expect(suite.client.appendToStream(freshStream(), events, options)).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
  });
});

const contents = (suite: Suite) => {
  it('keeps data, metadata, ids, types and times as they were given', async () => {
    const stream = freshStream('prévision');
    const [json, binary] = [randomUUID(), randomUUID()];
    const before = Date.now();
    await suite.client.appendToStream(stream, [
      jsonEvent({ id: json, type: 'ShotCreated', data: { name: 'sh010 ✓' }, metadata: { actor: 'anna' } }),
      binaryEvent({ id: binary, type: 'FrameDrawn', data: Uint8Array.from([0, 255, 10]), metadata: Uint8Array.from([1, 2]) }),
    ]);
    const events = (await all(suite.client.readStream(stream))).map(({ event }) => event);
    expect(events[0]).toMatchObject({ id: json, type: 'ShotCreated', isJson: true, streamId: stream, revision: 0n,
      data: { name: 'sh010 ✓' }, metadata: { actor: 'anna' } });
    expect(events[1]).toMatchObject({ id: binary, type: 'FrameDrawn', isJson: false, revision: 1n });
    expect([...events[1]!.data as Uint8Array]).toEqual([0, 255, 10]);
    expect([...events[1]!.metadata as Uint8Array]).toEqual([1, 2]);
    expect(Math.abs(events[0]!.created.getTime() - before)).toBeLessThan(60_000);
  });
};

const deletes = (suite: Suite) => {
  it('reads a softly deleted stream as missing, and brings it back with the next revision', async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, [commented('a'), commented('b')]);
    await suite.client.deleteStream(stream, { expectedRevision: 1n });
    await expect(readTexts(suite.client, stream)).rejects.toBeInstanceOf(StreamNotFoundError);
    const back = await suite.client.appendToStream(stream, commented('c'), { expectedRevision: NO_STREAM });
    expect(back.nextExpectedRevision).toBe(2n);
    expect(await readTexts(suite.client, stream)).toEqual(['c']);
  });

  it('refuses to delete with a wrong revision', async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, commented('a'));
    await expect(suite.client.deleteStream(stream, { expectedRevision: 4n }))
      .rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
  });
};

const limits = (suite: Suite) => {
  const withMetadata = async (metadata: StreamMetadata) => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, ['a', 'b', 'c', 'd'].map((text) => commented(text)));
    await suite.client.setStreamMetadata(stream, metadata);
    return stream;
  };

  it('reads only the last $maxCount events', async () => {
    const stream = await withMetadata({ maxCount: 2 });
    expect(await readTexts(suite.client, stream)).toEqual(['c', 'd']);
    expect(await readTexts(suite.client, stream, { direction: BACKWARDS, fromRevision: END })).toEqual(['d', 'c']);
  });

  it('reads nothing below $tb, whatever revision is asked for', async () => {
    const stream = await withMetadata({ truncateBefore: 3 });
    expect(await readTexts(suite.client, stream, { fromRevision: 1n })).toEqual(['d']);
    expect(await readTexts(suite.client, stream, { direction: BACKWARDS, fromRevision: 3n })).toEqual(['d']);
  });

  it('reads nothing older than $maxAge', async () => {
    const stream = await withMetadata({ maxAge: 1 });
    await expect.poll(() => readTexts(suite.client, stream), { timeout: 10_000 }).toEqual([]);
  });

  it('answers the metadata it was given, the newest', async () => {
    const stream = await withMetadata({ maxCount: 9 });
    await suite.client.setStreamMetadata(stream, { maxCount: 5, department: 'layout' });
    expect((await suite.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 5, department: 'layout' });
    expect((await suite.client.getStreamMetadata(freshStream())).metadata).toBeUndefined();
  });
};

const reads = (suite: Suite) => {
  const letters = async () => {
    const stream = freshStream();
    await suite.client.appendToStream(stream, [...'abcdef'].map((text) => commented(text)));
    return stream;
  };

  it.each([
    [{ fromRevision: START }, 'abcdef'],
    [{ fromRevision: 2n, maxCount: 2 }, 'cd'],
    [{ fromRevision: 99n }, ''],
    [{ direction: BACKWARDS, fromRevision: END, maxCount: 3 }, 'fed'],
    [{ direction: BACKWARDS, fromRevision: 2n }, 'cba'],
    [{ direction: BACKWARDS, fromRevision: START }, 'a'],
  ] as const)('reads a stream with %o', async (options, expected) => {
    expect((await readTexts(suite.client, await letters(), options)).join('')).toBe(expected);
  });

  it('reads a long stream whole, in order, both ways', async () => {
    const stream = freshStream();
    const texts = Array.from({ length: 1100 }, (_, index) => String(index));
    await suite.client.appendToStream(stream, texts.map((text) => commented(text)));
    expect(await readTexts(suite.client, stream)).toEqual(texts);
    expect(await readTexts(suite.client, stream, { direction: BACKWARDS, fromRevision: END })).toEqual(texts.toReversed());
  });

  it('tells a missing stream', async () => {
    const missing = freshStream();
    await expect(readTexts(suite.client, missing)).rejects.toMatchObject({ type: 'stream-not-found', streamName: missing });
  });

  it('reads $all from a position inclusively forwards, exclusively backwards', async () => {
    const stream = freshStream();
    const { position } = await suite.client.appendToStream(stream, commented('here'));
    await suite.client.appendToStream(stream, commented('after'));
    const [forwards] = await all(suite.client.readAll({ fromPosition: position!, maxCount: 1 }));
    const [backwards] = await all(suite.client.readAll({ direction: BACKWARDS, fromPosition: position!, maxCount: 1 }));
    expect(forwards?.event?.position).toEqual(position);
    expect(backwards!.event!.position!.commit).toBeLessThan(position!.commit);
  });

  it('follows links when asked to', async () => {
    const stream = await letters();
    const links = freshStream('links');
    await suite.client.appendToStream(links, binaryEvent({ type: '$>', data: Buffer.from(`3@${stream}`) }));
    const [followed] = await all(suite.client.readStream(links, { resolveLinkTos: true }));
    expect(followed).toMatchObject({ event: { streamId: stream, revision: 3n }, link: { streamId: links, revision: 0n } });
    const [plain] = await all(suite.client.readStream(links));
    expect(plain?.event?.streamId).toBe(links);
  });
};

export const appendsAndReads = (suite: Suite) => {
  describe('appends', () => {
    expectations(suite);
    contents(suite);
  });
  describe('deletes', () => deletes(suite));
  describe('stream metadata', () => limits(suite));
  describe('reads', () => reads(suite));
};
