import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProposedEvent, StoredEvent } from './events.ts';
import { NotStored, Store } from './store.ts';
import { Writer } from './writer.ts';

const event = (bytes = 10): ProposedEvent =>
  ({ id: randomBytes(16), type: 'ShotCreated', contentType: 'application/octet-stream', data: randomBytes(bytes), metadata: Buffer.alloc(0) });

describe('writer', () => {
  let folder: string;
  let store: Store;
  let writer: Writer;
  const append = (stream: string, ...events: ProposedEvent[]) => writer.write({ kind: 'append', stream, expected: 'any', events });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    store = new Store(join(folder, 'log.db'));
    writer = new Writer(store);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  it('puts the writes that wait into one commit, in the order they came', async () => {
    const commits: StoredEvent[][] = [];
    writer.committed.on('committed', (events) => commits.push(events));
    const outcomes = await Promise.all([append('shot-1', event()), append('shot-2', event()), append('shot-1', event(), event())]);
    expect(outcomes).toEqual([
      { kind: 'written', revision: 0, position: 1 }, { kind: 'written', revision: 0, position: 2 }, { kind: 'written', revision: 2, position: 4 },
    ]);
    expect(commits.map((events) => events.map(({ position }) => position))).toEqual([[1, 2, 3, 4]]);
  });

  it('decides each write of a commit on what the ones before it wrote', async () => {
    const create = () => writer.write({ kind: 'append', stream: 'shot-1', expected: 'no_stream', events: [event()] });
    expect((await Promise.all([create(), create()])).map((outcome) => outcome !== 'too late' && outcome.kind)).toEqual(['written', 'wrong']);
  });

  it('does not write what its caller no longer waits for', async () => {
    expect(await writer.write({ kind: 'append', stream: 'shot-1', expected: 'any', events: [event()] }, Date.now() - 1)).toBe('too late');
    expect(store.lastPosition).toBe(0);
  });

  it('refuses writes on a full disk, loses nothing it acknowledged, and writes again when there is room', async () => {
    store.db.exec('pragma max_page_count = 40');
    let acknowledged = 0;
    const fill = async () => {
      for (; acknowledged < 1000; acknowledged += 1) await append('shot-1', event(1000));
    };
    await expect(fill()).rejects.toThrow(NotStored);
    await expect(fill()).rejects.toThrow('The event log cannot be written: database or disk is full');
    expect(store.forwards(0, 2000)).toHaveLength(acknowledged);
    store.db.exec('pragma max_page_count = 400');
    expect(await append('shot-1', event(1000))).toEqual({ kind: 'written', revision: acknowledged, position: acknowledged + 1 });
  });
});
