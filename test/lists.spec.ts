import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@shotlog/kernel';
import { openLog } from '@shotlog/kernel/log';
import { Child } from './child.ts';
import { until } from './main-job.ts';
import type { Client } from './studio.ts';

const TASKS = 10_000;
const READS = 28;

let data: string;
let shotlog: Child;
let admin: Client;
let project_id: string;

/** Tasks as the log would hold them, so many that asking for each would take minutes: copies of one that was made. */
const fill = async (): Promise<void> => {
  const project = await admin.must('POST', '/data/projects', { name: 'Long' });
  const sequence = await admin.must('POST', `/data/projects/${project.id}/sequences`, { name: 'SQ' });
  const shot = await admin.must('POST', `/data/projects/${project.id}/shots`, { name: 'SH', sequence_id: sequence.id });
  const { task_types } = await admin.must('GET', '/data/user/context');
  const type = task_types.find((t: any) => t.for_entity === 'Shot').id;
  const [task] = await admin.must('POST', `/actions/projects/${project.id}/task-types/${type}/shots/create-tasks`, [shot.id]);
  const log = openLog(shotlog.eventStoreUrl);
  const [made] = await log.read(`task-${task.id}`);
  let next = 1;
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (next++ < TASKS) {
      const id = newId();
      await log.append(`task-${id}`, -1, [{ type: made!.type, version: made!.metadata.version, data: { ...made!.data, task_id: id, name: `take ${next}` } }], { ...made!.metadata, command_id: newId() });
    }
  }));
  await log.close();
  project_id = project.id;
};

const list = () => fetch(`${shotlog.base}/data/tasks?project_id=${project_id}&relations=true`, { headers: { authorization: `Bearer ${admin.token}`, 'accept-encoding': 'identity' } });
const middle = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'shotlog-lists-'));
  shotlog = await new Child(data).start();
  admin = await shotlog.signIn();
  await fill();
  await until('every task is there', async () => (await admin.must('GET', `/data/tasks?project_id=${project_id}&page=1&limit=1`)).total === TASKS);
}, 120_000);
afterAll(async () => {
  await shotlog?.end();
  await rm(data, { recursive: true, force: true });
}, 60_000);

describe(`a list of ${TASKS} tasks`, () => {
  it('comes whole, each task once, in pieces', async () => {
    const response = await list();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(null);
    const tasks = await response.json() as { id: string; name: string }[];
    expect(new Set(tasks.map((t) => t.id)).size).toBe(TASKS);
    expect(tasks).toHaveLength(TASKS);
  });

  it('is packed for who takes that', async () => {
    const plain = await (await list()).text();
    const { request } = await import('node:http');
    const packed = await new Promise<{ coding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      request(`${shotlog.base}/data/tasks?project_id=${project_id}&relations=true`, { headers: { authorization: `Bearer ${admin.token}`, 'accept-encoding': 'gzip' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (c: Buffer) => chunks.push(c)).on('end', () => resolve({ coding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) })).on('error', reject);
      }).on('error', reject).end();
    });
    expect(packed.coding).toBe('gzip');
    expect(gunzipSync(packed.bytes).toString()).toBe(plain);
  });

  it('leaves the memory as it was, however often it is read by four at once', async () => {
    const memory: number[] = [];
    let next = 0;
    await Promise.all(Array.from({ length: 4 }, async () => {
      while (next++ < READS) {
        for await (const _ of (await list()).body!);
        memory.push(await shotlog.rss());
      }
    }));
    const warm = memory.slice(memory.length / 4);
    const [first, last] = [warm.slice(0, warm.length / 3), warm.slice(-warm.length / 3)].map(middle);
    expect(last! / first!).toBeLessThan(1.15);
  }, 120_000);

  it('gives its connection back when the reader leaves in the middle', async () => {
    for (let i = 0; i < 30; i++) {
      const reader = (await list()).body!.getReader();
      await reader.read();
      await reader.cancel();
    }
    await until('others are answered', async () => (await admin.get('/data/task-types')).status === 200);
    expect((await (await list()).json() as unknown[]).length).toBe(TASKS);
  }, 60_000);
});
