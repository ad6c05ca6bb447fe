import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, until } from './lab/lab.ts';
import type { RunningService } from './service.ts';

let lab: Lab;
let service: RunningService;
const heard: string[] = [];
beforeAll(async () => {
  lab = await Lab.start();
  service = await lab.service();
  await listen();
});
afterAll(() => lab.stop());

const listen = async () => {
  const nats = await lab.connect();
  lab.connections.push(nats);
  void (async () => { for await (const message of nats.subscribe('thing:new')) heard.push(`new ${(message.json() as any).thing_id}`); })();
  await nats.flush();
};
const name = (() => { let n = 0; return () => `thing ${++n}`; })();
/** Writes until it is taken, with one key: an outage refuses for a while. */
const write = async (subject: string, input: object) => {
  const key = name();
  return until(`${subject} is taken`, async () => lab.must(subject, input, key, 2_000), 60);
};
/** All that was written stands in the read model, once. */
const consistent = async (replica: RunningService, id: string) => {
  const total = (await replica.log.read(`thing-${id}`)).reduce((sum, e) => sum + (e.type === 'ThingCounted' ? (e.data as any).n : 0), 0);
  await until('the read model has everything', async () => (await lab.things(replica, await replica.log.end())).find((t) => t.id === id)?.total === total, 60);
  return total;
};

describe('a running service comes back by itself', () => {
  for (const [server, title] of [['postgres', 'when PostgreSQL is started again'], ['log', 'when the event log is started again'], ['nats', 'when the broker is started again']] as const) {
    it(title, async () => {
      const { id } = await write('cmd.lab.make-thing', { name: name() });
      for (let round = 0; round < 2; round++) {
        const writing = Promise.all(Array.from({ length: 6 }, () => write('cmd.lab.count-thing', { thing_id: id, n: 1 })));
        await lab.down(server);
        await lab.up(server);
        await writing;
      }
      expect(await consistent(service, id)).toBe(12);
      await until('it leads again', async () => (await service.status()).leader, 60);
      const { id: after } = await write('cmd.lab.make-thing', { name: name() });
      await until('what is written is published', () => heard.includes(`new ${after}`), 60);
      await until('nothing waits to be published', async () => (await service.status()).outbox === 0);
    });
  }
});

describe('two replicas', () => {
  let second: RunningService;
  it('follow each other: one projects, both answer what was written through either', async () => {
    second = await lab.service();
    expect([(await service.status()).leader, (await second.status()).leader]).toEqual([true, false]);
    for (let i = 0; i < 10; i++) {
      const { id } = await lab.must('cmd.lab.make-thing', { name: name() });
      const end = await service.log.end();
      for (const replica of [service, second]) expect((await lab.things(replica, end)).some((t) => t.id === id)).toBe(true);
    }
  });

  it('drop the answers that they keep when the other one projects a change', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: name() });
    await lab.things(second, await service.log.end());
    await lab.must('cmd.lab.count-thing', { thing_id: id, n: 7 });
    expect((await lab.things(second, await service.log.end())).find((t) => t.id === id).total).toBe(7);
  });

  it('decide on what the other one wrote', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: name() });
    // Requests go to either replica: each has kept the thing by now, and one of the next to it has not heard of the removal.
    for (let i = 0; i < 6; i++) await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
    await lab.must('cmd.lab.remove-thing', { thing_id: id });
    for (let i = 0; i < 6; i++) expect(await lab.send('cmd.lab.rename-thing', { thing_id: id, name: name() })).toMatchObject({ error: { status: 404 } });
    const again = await lab.must('cmd.lab.make-thing', { name: name(), thing_id: id });
    expect(again.id).toBe(id);
    for (let i = 0; i < 6; i++) await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
    for (const replica of [service, second]) expect((await lab.things(replica, await service.log.end())).find((t) => t.id === id).total).toBe(6);
  });

  it('give over when the leader ends', async () => {
    await lab.end(service);
    service = second;
    await until('the other one leads', async () => (await second.status()).leader);
    const { id } = await lab.must('cmd.lab.make-thing', { name: name() });
    await until('and publishes', () => heard.includes(`new ${id}`));
  });

  it('give over when PostgreSQL is started again', async () => {
    second = await lab.service();
    await lab.down('postgres');
    await lab.up('postgres');
    await until('one of them leads', async () => [await service.status(), await second.status()].filter((s) => s.leader).length === 1, 60);
    const { id } = await write('cmd.lab.make-thing', { name: name() });
    for (let i = 0; i < 5; i++) await write('cmd.lab.count-thing', { thing_id: id, n: 1 });
    expect(await consistent(service, id)).toBe(5);
    expect(await consistent(second, id)).toBe(5);
    await lab.end(second);
    await until('it leads', async () => (await service.status()).leader);
  });
});

describe('a replica that is killed', () => {
  let child: ChildProcess;
  const start = () => new Promise<void>((resolve, reject) => {
    child = spawn(process.execPath, [fileURLToPath(new URL('./lab/replica.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...Object.fromEntries(Object.entries(lab.config).map(([k, v]) => [k, String(v)])) } });
    child.stdout!.on('data', (line) => { if (String(line).includes('ready')) resolve(); });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });

  it('leaves nothing half done: the other one projects, publishes, reacts and finishes for it', async () => {
    await lab.end(service);
    await start();
    service = await lab.service();
    expect((await service.status()).leader).toBe(false);
    const { id } = await lab.must('cmd.lab.make-thing', { name: name() });
    const keys = Array.from({ length: 40 }, (_, i) => `kill ${i}`);
    const writing = Promise.all(keys.map((key) => until(key, async () => lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 }, key, 2_000), 60)));
    const many = ['counted a', 'counted b', 'counted c'].map((n) => until(n, () => lab.must('cmd.lab.make-thing', { name: n }, n, 2_000), 60));
    child.kill('SIGKILL');
    await writing;
    const made = await Promise.all(many);
    expect(await consistent(service, id)).toBe(40);
    await until('the other one leads', async () => (await service.status()).leader);
    for (const thing of made) {
      await until('the process has counted it', async () => (await lab.things(service, await service.log.end())).find((t) => t.id === thing.id)?.total === 1);
      await until('it was published', () => heard.includes(`new ${thing.id}`));
    }
  });

  it('has its resumable commands finished', async () => {
    await lab.end(service);
    await start();
    // Nobody will answer it.
    lab.send('cmd.lab.make-many', { names: ['resumed 1', 'stop here', 'resumed 2', 'resumed 3'] }).catch(() => null);
    service = await lab.service();
    await until('it has begun', async () => (await lab.things(service)).some((t) => t.name === 'resumed 1'));
    child.kill('SIGKILL');
    await until('the other one has finished it', async () => (await lab.things(service)).filter((t) => t.name.startsWith('resumed')).length === 3, 60);
    expect((await lab.things(service)).filter((t) => t.name.startsWith('resumed'))).toHaveLength(3);
  });
});
