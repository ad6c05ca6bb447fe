import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent, persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEventStore, startEventStoreProcess, type EventStoreProcess } from './index.ts';

let folder: string;
const file = () => join(folder, 'log.db');
const withClient = async <T>(url: string, work: (client: EventStoreDBClient) => Promise<T>) => {
  const client = EventStoreDBClient.connectionString(`${url}&defaultDeadline=5000`);
  return work(client).finally(() => client.dispose());
};

const idsOf = async (client: EventStoreDBClient) => {
  const ids: string[] = [];
  for await (const { event } of client.readAll()) if (event && !event.type.startsWith('$')) ids.push(event.id);
  return ids;
};

/** Appends from several callers until `enough` events are acknowledged or appending fails; answers the acknowledged ids. */
const writeFrom = async (url: string, writers: number, enough: () => boolean, acknowledged: Set<string>) =>
  withClient(url, (client) => Promise.all(Array.from({ length: writers }, async (_, writer) => {
    while (!enough()) {
      const event = jsonEvent({ type: 'ShotCreated', data: { text: 'x'.repeat(300) } });
      try {
        await client.appendToStream(`shot-${writer}`, event);
      } catch {
        return;
      }
      acknowledged.add(event.id);
    }
  })));

const kill = async ({ child }: EventStoreProcess) => {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
};

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'event-store-')); });
afterEach(() => rmSync(folder, { recursive: true }));

describe('a killed server', () => {
  /** What eight writers were told is stored when the server is killed among their appends. */
  const acknowledgedUntilKilled = async () => {
    const server = await startEventStoreProcess({ port: 0, file: file(), revive: false });
    const acknowledged = new Set<string>();
    const writing = writeFrom(server.url, 8, () => false, acknowledged);
    await expect.poll(() => acknowledged.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(500);
    await kill(server);
    await writing;
    return acknowledged;
  };

  const readAgain = async () => {
    const server = await startEventStore({ port: 0, file: file() });
    const read = await withClient(server.url, async (client) => {
      const ids = await idsOf(client);
      const { position } = await client.appendToStream('shot-after', jsonEvent({ type: 'ShotCreated', data: {} }));
      expect(position!.commit).toBe(BigInt(ids.length + 1));
      return ids;
    });
    await server.stop();
    return read;
  };

  it('has every acknowledged append exactly once when it starts again', async () => {
    const acknowledged = await acknowledgedUntilKilled();
    const ids = await readAgain();
    expect(new Set(ids).size).toBe(ids.length);
    expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has every acknowledged append when the last write to its WAL was torn', async () => {
    const acknowledged = await acknowledgedUntilKilled();
    appendFileSync(`${file()}-wal`, Buffer.alloc(3000, 0x5a)); // most of a frame that was never committed
    const ids = await readAgain();
    expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('opens with a gapless beginning of the log when the end of its WAL is gone', async () => {
    const acknowledged = await acknowledgedUntilKilled();
    const size = statSync(`${file()}-wal`).size;
    truncateSync(`${file()}-wal`, Math.floor(size / 2));
    const ids = await readAgain();
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.length).toBeLessThan(acknowledged.size);
  });
});

describe('a full disk', () => {
  /** A file system of 3 MB; undefined where none may be mounted. */
  const smallDisk = () => {
    const mount = join(folder, 'disk');
    mkdirSync(mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'ignore' });
      return mount;
    } catch {
      return undefined;
    }
  };

  it('is told to the writers, keeps everything acknowledged readable, and heals when there is room', async (context) => {
    const disk = smallDisk();
    if (!disk) return context.skip('mounting a small file system needs root');
    try {
      const filler = join(disk, 'filler');
      writeFileSync(filler, Buffer.alloc(1024 * 1024));
      const server = await startEventStoreProcess({ port: 0, file: join(disk, 'log.db') });
      await withClient(server.url, async (client) => {
        const acknowledged = new Set<string>();
        await writeFrom(server.url, 4, () => false, acknowledged);
        const event = jsonEvent({ type: 'ShotCreated', data: { text: 'x'.repeat(300_000) } });
        await expect(client.appendToStream('shot-1', event)).rejects.toThrow('The event log cannot be written');
        await expect(client.appendToStream('shot-1', event, { credentials: { username: 'a', password: 'b' } }))
          .rejects.toMatchObject({ type: 'unavailable' });
        expect((await idsOf(client)).toSorted()).toEqual([...acknowledged].toSorted());
        rmSync(filler);
        await client.appendToStream('shot-1', event);
        expect(await idsOf(client)).toHaveLength(acknowledged.size + 1);
      });
      await server.stop();
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('the server process', () => {
  it('keeps events over a restart and leaves one file behind', async () => {
    const first = await startEventStoreProcess({ port: 0, file: file() });
    await writeFrom(first.url, 2, ((left) => () => left-- <= 0)(20), new Set());
    await first.stop();
    const second = await startEventStoreProcess({ port: 0, file: file() });
    expect(await withClient(second.url, idsOf)).toHaveLength(20);
    await second.stop();
    expect(existsSync(`${file()}-wal`)).toBe(false);
  });

  it('keeps groups and what they have handled over a restart among connected consumers', async () => {
    const serve = async (take: number) => {
      const server = await startEventStore({ port: 0, file: file() });
      const client = EventStoreDBClient.connectionString(server.url);
      const texts: unknown[] = [];
      return { server, client, texts, consume: () => {
        const subscription = client.subscribeToPersistentSubscriptionToStream('shot-1', 'readers', { bufferSize: 1 });
        subscription.on('error', () => {});
        subscription.on('data', (message) => {
          if (texts.length === take) return;
          texts.push((message.event!.data as { text: string }).text);
          void subscription.ack(message);
        });
      } };
    };
    const first = await serve(2);
    await first.client.appendToStream('shot-1', ['a', 'b', 'c'].map((text) => jsonEvent({ type: 'ShotCreated', data: { text } })));
    await first.client.createPersistentSubscriptionToStream('shot-1', 'readers', persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START }));
    first.consume();
    const handled = async () => (await first.client.getPersistentSubscriptionToStreamInfo('shot-1', 'readers')).stats.totalItems;
    await expect.poll(handled, { timeout: 10_000 }).toBe(3n); // the third is out, so the second was acknowledged
    await first.server.stop();
    await first.client.dispose();
    const second = await serve(1);
    second.consume();
    await expect.poll(() => second.texts, { timeout: 10_000 }).toEqual(['c']);
    await second.client.dispose();
    await second.server.stop();
  });

  it('comes back on the same port when it is killed, and clients and writers go on', async () => {
    const server = await startEventStoreProcess({ port: 0, file: file() });
    const warned = once(process, 'warning');
    await withClient(server.url, async (client) => {
      const append = (text: string) => client.appendToStream('shot-1', jsonEvent({ type: 'ShotCreated', data: { text } })).then(() => true, () => false);
      await append('before');
      await kill(server);
      await expect.poll(() => append('after'), { timeout: 10_000 }).toBe(true);
      expect((await idsOf(client)).length).toBeGreaterThanOrEqual(2);
    });
    expect(String((await warned)[0])).toContain('ended (SIGKILL) and is started again');
    const { child } = server;
    await server.stop();
    expect(child.exitCode).toBe(0);
  });

  it('refuses a file that another server holds', async () => {
    const first = await startEventStoreProcess({ port: 0, file: file() });
    await expect(startEventStoreProcess({ port: 0, file: file() })).rejects.toThrow('database is locked');
    await first.stop();
  });

  it('ends when its parent is killed', async () => {
    const parent = fork(fileURLToPath(new URL('./parent.fixture.ts', import.meta.url)), [file()], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [server] = (await once(parent, 'message')) as [{ pid: number; port: number }];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const alive = () => {
      try {
        return process.kill(server.pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(alive, { timeout: 10_000 }).toBe(false);
  });
});
