import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { f } from './fields.ts';
import { derivedId, newId } from './ids.ts';
import { Lab, until } from './lab/lab.ts';
import { lab as definition, ThingMade, thingProjection } from './lab/thing.ts';
import { openLog } from './log.ts';
import { on, projection } from './projection.ts';
import { serviceUrl } from './provision.ts';
import { rebuildService } from './rebuild.ts';
import type { RunningService } from './service.ts';
import { raw, sql } from './sql.ts';
import { insert, table } from './tables.ts';

let lab: Lab;
let service: RunningService;
let database: Database;
const heard: string[] = [];
beforeAll(async () => {
  lab = await Lab.start();
  service = await lab.service();
  database = await openDatabase({ url: serviceUrl(lab.config.DATABASE_URL, lab.config.SHOTLOG_SECRET_KEY, 'lab'), schema: 'lab', tables: [] });
  const nats = await lab.nats();
  void (async () => { for await (const { subject, headers } of nats.subscribe('*')) if (subject.startsWith('thing:')) heard.push(headers!.get('Nats-Msg-Id')); })();
  await nats.flush();
});
afterAll(async () => {
  await database.close();
  await lab.stop();
});

const thing = async (id: string) => (await lab.things(service, await service.log.end())).find((t) => t.id === id);
const metadata = (command_id = newId()) => ({ at: '2024-03-04T10:00:00.000000Z', actor: null, project_id: null, correlation_id: 'c', causation_id: null, command_id });
const caughtUp = async () => { expect(await service.projector.reached((await service.log.end())!, 10_000)).toBe(true); };

describe('a projector', () => {
  it('sets a bad event aside, counts it, and goes on with the next ones of the same batch', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'bad' });
    await service.log.append(`thing-${id}`, 0, [1, 13, 2].map((n) => ({ type: 'ThingCounted', version: 1, data: { thing_id: id, n } })), metadata());
    await caughtUp();
    expect((await thing(id)).total).toBe(3);
    expect((await service.status()).failed_events).toBe(1);
    expect(await database.all(raw('select type, reason from failed_event'))).toMatchObject([{ type: 'ThingCounted', reason: expect.stringContaining('division by zero') }]);
  });

  it('projects an old version of an event as the newest', async () => {
    const id = newId();
    await service.log.append(`thing-${id}`, -1, [{ type: 'ThingMade', version: 1, data: { thing_id: id, name: 'old' } }], metadata());
    await caughtUp();
    expect(await thing(id)).toMatchObject({ name: 'old', label: 'OLD' });
    expect(await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 })).toMatchObject({ total: 1 });
  });

  it('passes over events of strangers', async () => {
    await service.log.append(`stranger-${newId()}`, -1, [{ type: 'SomethingElse', version: 1, data: {} }], metadata());
    await caughtUp();
  });

  it('counts an event once when its connections are cut in the middle', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'cut' });
    for (let round = 0; round < 5; round++) {
      const writing = Promise.all(Array.from({ length: 10 }, (_, i) => until('written', () => lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 }, `cut ${round} ${i}`))));
      await database.all(raw("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shotlog_lab' and pid <> pg_backend_pid()"));
      await writing;
    }
    await until('everything counts once', async () => (await thing(id)).total === 50);
    expect(await service.log.read(`thing-${id}`)).toHaveLength(51);
  });

  it('goes on where the server stands when that has lost its last transactions', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'lost' });
    await until('it leads', async () => (await service.status()).leader);
    const before = (await database.one<{ position: number }>(raw('select position from checkpoint')))!.position;
    await lab.must('cmd.lab.count-thing', { thing_id: id, n: 5 });
    // What a crash undoes, since commits are not waited for: rows and checkpoint together.
    await until('the checkpoint rests', async () => (await database.one<{ position: number }>(raw('select position from checkpoint')))!.position > before);
    await database.batch([sql`update checkpoint set position = ${before}`, sql`update thing set total = 0 where id = ${id}`]);
    await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
    await until('nothing is missing', async () => (await thing(id)).total === 6);
  });

  it('waits for a schema that another replaces meanwhile, and takes up from there', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'replaced' });
    let built = false;
    const building = rebuildService(definition, lab.config, pino({ level: 'silent' })).finally(() => { built = true; });
    let n = 0;
    while (!built) {
      await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
      n += 1;
    }
    expect(await building).toMatchObject({ live: true });
    await lab.must('cmd.lab.count-thing', { thing_id: id, n: 1 });
    expect((await thing(id)).total).toBe(n + 1);
    expect(await database.all(raw('select type from failed_event'))).toEqual([{ type: 'ThingCounted' }]);
  });
});

describe('what is published', () => {
  it('comes in order, once the read model has it', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'told' });
    const nats = await lab.connect();
    const seen: boolean[] = [];
    const order: number[] = [];
    const subscription = nats.subscribe('thing:count');
    const listening = (async () => {
      for await (const message of subscription) {
        const { thing_id, n } = message.json() as any;
        if (thing_id !== id) continue;
        order.push(n);
        seen.push(((await database.one<{ total: number }>(sql`select total from thing where id = ${id}`))?.total ?? 0) >= (n * (n + 1)) / 2);
        if (n === 20) break;
      }
    })();
    await nats.flush();
    for (let n = 1; n <= 12; n++) await lab.must('cmd.lab.count-thing', { thing_id: id, n });
    // 13 cannot be projected, so it is not told of either.
    for (let n = 14; n <= 20; n++) await service.log.append(`thing-${id}`, n - 2, [{ type: 'ThingCounted', version: 1, data: { thing_id: id, n } }], metadata());
    await listening;
    await nats.close();
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20]);
    expect(seen.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => true));
  });

  it('waits for a broker that is away', async () => {
    await caughtUp();
    await until('nothing waits', async () => (await database.one<{ n: number }>(raw('select count(*) as n from outbox')))!.n === 0);
    await lab.down('nats');
    const ids = Array.from({ length: 5 }, () => newId());
    for (const id of ids) await service.log.append(`thing-${id}`, -1, [{ type: 'ThingMade', version: 2, data: { thing_id: id, name: id, label: '' } }], metadata(derivedId(id)));
    await caughtUp();
    await lab.up('nats');
    await until('they are told', async () => ids.every((id) => heard.some((h) => h.includes(derivedId(derivedId(id), `thing-${id}`, '0', 'ThingMade')))));
  });

  it('is not published again after a rebuild, but what a dropped read model had not told is', async () => {
    await caughtUp();
    await until('nothing waits', async () => (await database.one<{ n: number }>(raw('select count(*) as n from outbox')))!.n === 0);
    await lab.end(service);
    const told = heard.length;
    await rebuildService(definition, lab.config, pino({ level: 'silent' }));
    service = await lab.service();
    await lab.end(service);
    expect(heard.length).toBe(told);
    service = await lab.service();
    const nats = await lab.nats();
    await nats.flush();
    expect(heard.length).toBe(told);
    await lab.end(service);
    // Written while nobody projects (another replica of the writing side), and then the read model is lost.
    const id = newId();
    const log = openLog(lab.config.EVENTSTORE_URL);
    await log.append(`thing-${id}`, -1, [{ type: 'ThingMade', version: 2, data: { thing_id: id, name: id, label: '' } }], metadata(derivedId(id)));
    await log.close();
    await database.batch([raw('drop schema lab cascade')]);
    service = await lab.service();
    await until('it is told', () => heard.some((h) => h.includes(derivedId(derivedId(id), `thing-${id}`, '0', 'ThingMade'))));
    // What was told before an outage may be told twice; the rebuild tells nothing again.
    expect(new Set(heard.slice(told)).size).toBe(heard.length - told);
    expect(heard.slice(told).filter((h) => heard.indexOf(h) < told)).toEqual([]);
  });
});

describe('a read model', () => {
  it('is built anew when its shape is another one', async () => {
    const before = (await lab.things(service, await service.log.end())).map((t) => t.id);
    await lab.end(service);
    const names = table('thing_name', { id: f.uuid(), name: f.text() });
    service = await lab.service({ ...definition, projections: [thingProjection, projection('names', [names], [on(ThingMade, (e) => insert(names, { id: e.data.thing_id, name: e.data.name }))])] });
    expect((await lab.things(service, await service.log.end())).map((t) => t.id)).toEqual(before);
    expect((await database.one<{ n: number }>(raw('select count(*) as n from thing_name')))!.n).toBeGreaterThanOrEqual(before.length);
  });

  it('fills the claims again when the database was lost', async () => {
    await lab.must('cmd.lab.make-thing', { name: 'claimed once' });
    await lab.end(service);
    await database.batch([raw('drop schema lab cascade'), raw('drop schema lab_private cascade')]);
    service = await lab.service();
    expect(await lab.send('cmd.lab.make-thing', { name: 'claimed once' })).toMatchObject({ error: { status: 400 } });
  });

  it('lets a name be taken that a crash left with a stream that does not exist, or does not hold it', async () => {
    const { id } = await lab.must('cmd.lab.make-thing', { name: 'holds another' });
    await database.batch([sql`insert into claim (kind, key, stream, at) values ('thing.name', 'left 1', ${`thing-${newId()}`}, now() - interval '1 minute'), ('thing.name', 'left 2', ${`thing-${id}`}, now() - interval '1 minute')`]);
    for (const name of ['left 1', 'left 2']) expect(await lab.must('cmd.lab.make-thing', { name })).toMatchObject({ name });
  });

  it('holds numbers and times as the API shows them', async () => {
    expect(await database.one(raw("select 5::bigint as n, 9007199254740993::bigint as big, 1.5::numeric as d, timestamp '2024-03-04 10:00' as t, date '2024-03-04' as day, array['5398f252-403e-58de-8c17-a3cdb4fed049']::uuid[] as ids, count(*) as c from (select 1) x")))
      .toEqual({ n: 5, big: '9007199254740993', d: 1.5, t: '2024-03-04T10:00:00', day: '2024-03-04', ids: ['5398f252-403e-58de-8c17-a3cdb4fed049'], c: 1 });
  });

  it('takes any text, and gives it back', async () => {
    for (const text of ["it's \\ ? ?? $1 :x %s", 'Ünï😀', "'; drop table thing; --", 'x'.repeat(100_000)]) {
      expect(await database.one(sql`select ${text} as text, ${[text]}::text[] as list, ${{ text }} as json`)).toEqual({ text, list: [text], json: { text } });
    }
  });
});
