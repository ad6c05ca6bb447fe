import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { commented, freshStream, readTexts, type Suite } from './harness.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./kurrent.ts', import.meta.url));
const script = fileURLToPath(new URL('./interop.py', import.meta.url));
const python = process.env['SHOTLOG_PYTHON'] ?? 'python3';

const fromKurrent = (suite: Suite) => {
  it('serves the KurrentDB client, and each client reads what the other wrote', async () => {
    const stream = freshStream('kurrent');
    await suite.client.appendToStream(stream, commented('from node'));
    const { stdout } = await run(process.execPath, [program, suite.url, stream], { timeout: 20_000 });
    const both = ['from node', 'from kurrent'];
    expect(JSON.parse(stdout)).toEqual({ read: both, filtered: both, subscribed: both, subscribedToAll: both,
      wrong: 'wrong-expected-version', missing: 'stream-not-found' });
    expect(await readTexts(suite.client, stream)).toEqual(both);
  });
};

const fromPython = (suite: Suite) => {
  it('serves the Python client', async (context) => {
    const installed = await run(python, ['-c', 'import esdbclient']).then(() => true, () => false);
    if (!installed) return context.skip(`${python} cannot import esdbclient (SHOTLOG_PYTHON names another Python)`);
    const stream = freshStream('python');
    await suite.client.appendToStream(stream, commented('from node'));
    const { stdout } = await run(python, [script, suite.url.replace('?tls=false', '?Tls=false'), stream], { timeout: 20_000 });
    expect(JSON.parse(stdout)).toMatchObject({ read: ['from node', 'from python'], subscribed: ['from node', 'from python'],
      filtered: ['from node', 'from python'], wrong: 'WrongCurrentVersion', missing: 'NotFound', deleted: 'NotFound',
      group: ['from node', 'from python'], parked: ['from node'] });
  });
};

const connections = (suite: Suite) => {
  it('is found through esdb+discover://', async () => {
    const found = EventStoreDBClient.connectionString(suite.url.replace('esdb://', 'esdb+discover://'));
    const stream = freshStream();
    await found.appendToStream(stream, commented('a'));
    expect(await readTexts(found, stream)).toEqual(['a']);
    await found.dispose();
  });
};

export const clients = (suite: Suite) => describe('clients', () => {
  connections(suite);
  fromKurrent(suite);
  fromPython(suite);
});
