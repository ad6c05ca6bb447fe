import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { to } from './access.ts';
import { Caller } from './caller.ts';
import { newId } from './ids.ts';
import { Lab, until } from './lab/lab.ts';
import { lab as definition } from './lab/thing.ts';
import { route } from './route.ts';
import type { Server } from './serve.ts';
import type { RunningService } from './service.ts';

let lab: Lab;
let service: RunningService;
beforeAll(async () => {
  lab = await Lab.start();
  service = await lab.service();
});
afterAll(() => lab.stop());

const made = (name: string) => lab.must('cmd.lab.make-thing', { name });
const eventsOf = (id: string) => service.log.read(`thing-${id}`);

describe('a command', () => {
  it('answers what its caller wrote', async () => {
    expect(await made('rock')).toMatchObject({ name: 'rock', total: 0 });
  });

  it('is decided again when others write to the same stream: nothing is lost', async () => {
    const { id } = await made('busy');
    const replies = await Promise.all(Array.from({ length: 8 }, () => lab.send('cmd.lab.count-thing', { thing_id: id, n: 1 })));
    expect(replies.filter((r) => 'error' in r)).toEqual([]);
    expect((await lab.things(service)).find((t) => t.id === id).total).toBe(8);
    expect(await eventsOf(id)).toHaveLength(9);
  });

  it('is refused with 400 when its input does not fit, and with 404 for what is not there', async () => {
    expect(await lab.send('cmd.lab.make-thing', {})).toMatchObject({ error: { status: 400 } });
    expect(await lab.send('cmd.lab.make-thing', null)).toMatchObject({ error: { status: 400 } });
    expect(await lab.send('cmd.lab.rename-thing', { thing_id: newId(), name: 'x' })).toMatchObject({ error: { status: 404 } });
  });

  it('is refused with 400 when no fact could say it: nothing is written', async () => {
    const { id } = await made('modest');
    expect(await lab.send('cmd.lab.count-thing', { thing_id: id, n: 2_000_000 })).toMatchObject({ error: { status: 400, data: { errors: [{ field: 'n' }] } } });
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('is refused when it is nested so deep that nothing could walk it', async () => {
    const deep = `{"token":"${await lab.token()}","input":{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`;
    expect((await (await lab.nats()).request('cmd.lab.make-thing', deep, { timeout: 5_000 })).string()).toContain('"status":400');
  });

  it('is refused without a token', async () => {
    const reply = await (await lab.nats()).request('cmd.lab.make-thing', JSON.stringify({ input: { name: 'x' } }), { timeout: 5_000 });
    expect(reply.string()).toContain('"status":401');
    expect((await (await lab.nats()).request('cmd.lab.make-thing', 'no json', { timeout: 5_000 })).string()).toContain('"status":400');
  });
});

describe('a command with an Idempotency-Key', () => {
  it('is done once and answers the same, repeated', async () => {
    const first = await lab.send('cmd.lab.make-thing', { name: 'keyed' }, 'key-1');
    expect(await lab.send('cmd.lab.make-thing', { name: 'keyed' }, 'key-1')).toEqual(first);
    expect(await eventsOf((first as any).answer.id)).toHaveLength(1);
  });

  it('is done once when it comes several times at once', async () => {
    const { id } = await made('at once');
    const replies = await Promise.all(Array.from({ length: 6 }, () => lab.send('cmd.lab.count-thing', { thing_id: id, n: 1 }, 'key-2')));
    expect(new Set(replies.map((r) => JSON.stringify(r))).size).toBe(1);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('is refused with 422 for another request under the same key', async () => {
    const { id } = await made('another');
    await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 }, 'key-3');
    expect(await lab.send('cmd.lab.count-thing', { thing_id: id, n: 2 }, 'key-3')).toMatchObject({ error: { status: 422 } });
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('is still known after a hundred others wrote to the stream', async () => {
    const { id } = await made('long');
    const first = await lab.send('cmd.lab.count-thing', { thing_id: id, n: 1 }, 'key-4');
    for (let i = 0; i < 100; i++) await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
    // Only the position is newer: a reply tells how far its service has come.
    expect(await lab.send('cmd.lab.count-thing', { thing_id: id, n: 1 }, 'key-4')).toEqual({ ...first, position: expect.any(String) });
    expect(await eventsOf(id)).toHaveLength(102);
  });

  it('answers the same after a restart', async () => {
    const first = await lab.send('cmd.lab.make-thing', { name: 'before' }, 'key-5');
    await lab.end(service);
    service = await lab.service();
    expect(await lab.send('cmd.lab.make-thing', { name: 'before' }, 'key-5')).toEqual(first);
  });

  it('answers the same when it spans streams', async () => {
    const first = await lab.send('cmd.lab.make-many', { names: ['many 1', 'many 2'] }, 'key-6');
    expect(first).toMatchObject({ answer: { made: 2 } });
    expect(await lab.send('cmd.lab.make-many', { names: ['many 1', 'many 2'] }, 'key-6')).toEqual(first);
    expect((await lab.things(service)).filter((t) => t.name.startsWith('many'))).toHaveLength(2);
  });

  it('may be sent again after it was refused', async () => {
    const { id } = await made('taken');
    expect(await lab.send('cmd.lab.make-thing', { name: 'taken' }, 'key-7')).toMatchObject({ error: { status: 400 } });
    await lab.must('cmd.lab.remove-thing', { thing_id: id });
    expect(await lab.must('cmd.lab.make-thing', { name: 'taken' }, 'key-7')).toMatchObject({ name: 'taken' });
  });
});

describe('a name that only one may have', () => {
  it('is refused to the second, of many at once too', async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => lab.send('cmd.lab.make-thing', { name: 'single' })));
    expect(replies.filter((r) => 'answer' in r)).toHaveLength(1);
    expect(replies.filter((r) => 'error' in r && r.error.status === 400)).toHaveLength(5);
  });

  it('is free again after a rename and a removal', async () => {
    const { id } = await made('old name');
    await lab.must('cmd.lab.rename-thing', { thing_id: id, name: 'new name' });
    await made('old name');
    expect(await lab.send('cmd.lab.make-thing', { name: 'new name' })).toMatchObject({ error: { status: 400 } });
    await lab.must('cmd.lab.remove-thing', { thing_id: id });
    await made('new name');
  });
});

describe('a question that many ask at once', () => {
  it('is answered to all of them by asking the read model once', async () => {
    let times = 0;
    let open!: () => void;
    const gate = new Promise<void>((resolve) => { open = resolve; });
    const counted = route({ method: 'get', path: '/data/counted', summary: 'Counted', access: to.signedIn, ask: async (c) => {
      times += 1;
      if (times > 1) await gate;
      c.keep(['studio'], 'anyone');
      return { times };
    } });
    const other = await lab.service({ ...definition, routes: [...definition.routes, counted] });
    const ask = async () => JSON.parse(String((await other.port.ask({ route: 'GET /data/counted', params: {}, search: '', token: await lab.token(), headers: new Headers(), body: null, after: null })).body));
    expect(await ask()).toEqual({ times: 1 });
    await made('something new');
    await until('what was kept is old', async () => {
      await lab.things(other, await other.log.end());
      return (other.port as Server).cache.find('/data/counted {}?', new Caller({ id: null, role: 'admin', isSystem: true })) === null;
    });
    const answers = Promise.all(Array.from({ length: 8 }, ask));
    await until('one of them asks', async () => times === 2);
    open();
    expect(await answers).toEqual(Array.from({ length: 8 }, () => ({ times: 2 })));
    await lab.end(other);
  });
});
