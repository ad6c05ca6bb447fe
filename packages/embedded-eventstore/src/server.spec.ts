import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, persistentSubscriptionToAllSettingsFromDefaults, streamNameFilter } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEventStore, startEventStoreProcess, type RunningEventStore } from './index.ts';

const event = (id?: string) => jsonEvent({ ...(id === undefined ? {} : { id }), type: 'ShotCreated', data: {} });
const credentials = { username: 'admin', password: 'changeit' };

describe('the server', () => {
  let folder: string;
  let server: RunningEventStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    server = await startEventStore({ port: 0, file: join(folder, 'log.db') });
    client = EventStoreDBClient.connectionString(server.url);
  });
  afterAll(async () => {
    await client.dispose();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const failure = (emitter: { on(name: 'error', listener: (error: Error) => void): unknown }) =>
    new Promise<Error>((done) => { emitter.on('error', done); });

  it.each([['one call for each', { credentials }], ['one call for many', {}]])('refuses appends that make no sense, and serves on: %s', async (_way, options) => {
    await expect(client.appendToStream('shot-1', event('sh010'), options)).rejects.toThrow('An event needs a UUID as its id.');
    await expect(client.appendToStream('$all', event(), options)).rejects.toThrow("Nothing can be written to stream '$all'.");
    await expect(client.appendToStream('', event(), options)).rejects.toThrow("Nothing can be written to stream ''.");
    await expect(client.appendToStream('shot-1', { ...event(), type: '' }, options)).rejects.toThrow('has no type.');
    expect(await client.appendToStream('shot-1', event(), options)).toMatchObject({ success: true });
  });

  it('answers an append of nothing with where the stream is', async () => {
    const missing = await client.appendToStream('shot-2', []);
    expect(missing).toMatchObject({ success: true, position: undefined });
    await client.appendToStream('shot-2', [event(), event()]);
    expect((await client.appendToStream('shot-2', [], { expectedRevision: 1n })).nextExpectedRevision).toBe(1n);
  });

  it('refuses filters that are no regular expressions', async () => {
    const filter = streamNameFilter({ regex: '(' });
    expect((await failure(client.subscribeToAll({ filter }))).message).toContain('The filter is no regular expression');
    await expect(client.createPersistentSubscriptionToAll('readers', persistentSubscriptionToAllSettingsFromDefaults(), { filter }))
      .rejects.toThrow('The filter is no regular expression');
    expect(await client.listAllPersistentSubscriptions()).toEqual([]);
  });

  it('refuses $all as the name of a stream', async () => {
    expect((await failure(client.readStream('$all'))).message).toContain("Stream '$all' cannot be read by name.");
  });

  it('goes on when clients leave in the middle of reads and subscriptions', async () => {
    await client.appendToStream('shot-3', Array.from({ length: 2000 }, () => event()));
    const leaving = EventStoreDBClient.connectionString(server.url);
    const reads = [leaving.readStream('shot-3'), leaving.readAll(), leaving.subscribeToAll(), leaving.subscribeToStream('shot-3')];
    for (const read of reads) read.on('error', () => {});
    await new Promise((done) => { reads[0]!.once('data', done); });
    await leaving.dispose();
    expect(await client.appendToStream('shot-3', event())).toMatchObject({ success: true });
  });
});

describe('starting the server', () => {
  it('tells that the port is taken or the file cannot be opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => { other.once('listening', done); });
    const { port } = other.address() as AddressInfo;
    await expect(startEventStore({ port, file: join(folder, 'log.db') })).rejects.toThrow(/EADDRINUSE|address/i);
    await expect(startEventStoreProcess({ port, file: join(folder, 'log.db') })).rejects.toThrow(/EADDRINUSE|address/i);
    await expect(startEventStoreProcess({ port: 0, file: join(folder, 'missing', 'log.db') })).rejects.toThrow('unable to open database file');
    other.close();
    rmSync(folder, { recursive: true });
  });
});
