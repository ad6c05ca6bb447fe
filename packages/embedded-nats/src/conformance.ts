import { connect, headers, type ConnectionOptions, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { authConformance } from './conformance-auth.ts';
import { pythonConformance } from './conformance-python.ts';
import { wireConformance } from './conformance-wire.ts';
import type { User } from './auth.ts';

/** What the suite wants of a broker beside its defaults. */
export interface BrokerOptions {
  token?: string;
  users?: readonly User[];
  maxPayloadBytes?: number;
  maxPendingBytes?: number;
  pingIntervalMs?: number;
  maxPingsOut?: number;
}

/** A broker started for the suite. */
export interface StartedBroker {
  url: string;
  stop(): Promise<void>;
}

/** Starts a broker on a free port. */
export type StartBroker = (options?: BrokerOptions) => Promise<StartedBroker>;

/** What must hold of every broker that Shotlog is run with: declares the tests, to be called within a spec. */
export const natsConformance = (start: StartBroker): void => {
  coreConformance(start);
  authConformance(start);
  wireConformance(start);
  pythonConformance(start);
};

const coreConformance = (start: StartBroker): void => {
  describe('with the official JavaScript client', () => {
    let broker: StartedBroker;
    const open: NatsConnection[] = [];
    const client = async (options: ConnectionOptions = {}): Promise<NatsConnection> => {
      const connection = await connect({ servers: broker.url, reconnect: false, ...options });
      open.push(connection);
      return connection;
    };
    beforeAll(async () => {
      broker = await start();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((connection) => connection.close()));
    });
    afterAll(() => broker.stop());

    describeDelivery(client);
    describeGroups(client);
    describeRequests(client);
  });
};

type NewClient = (options?: ConnectionOptions) => Promise<NatsConnection>;

/** Subscribes, and collects what arrives. */
const collect = <T>(connection: NatsConnection, subject: string, pick: (message: Msg) => T, queue?: string): T[] => {
  const got: T[] = [];
  connection.subscribe(subject, { ...(queue === undefined ? {} : { queue }), callback: (_error, message) => void got.push(pick(message)) });
  return got;
};

/** After both, everything that `from` has published is delivered to `to`. */
const settle = async (from: NatsConnection, ...to: NatsConnection[]): Promise<void> => {
  await from.flush();
  await Promise.all(to.map((connection) => connection.flush()));
};

const describeDelivery = (client: NewClient): void => {
  it('delivers a message to every subscriber of its subject and to nobody else', async () => {
    const [publisher, one, other] = [await client(), await client(), await client()];
    const first = collect(one, 'comment:new', (m) => m.string());
    const second = collect(other, 'comment:new', (m) => m.string());
    const elsewhere = collect(other, 'comment:update', (m) => m.string());
    await settle(one, other);
    publisher.publish('comment:new', 'retake');
    await settle(publisher, one, other);
    expect([first, second, elsewhere]).toEqual([['retake'], ['retake'], []]);
  });

  it.each([
    ['shot.*', ['shot.new'], ['shot', 'shot.new.now', 'asset.new']],
    ['shot.>', ['shot.new', 'shot.new.now'], ['shot', 'asset.new']],
    ['*.new', ['shot.new', 'asset.new'], ['new', 'shot.new.now']],
    ['*.*.now', ['shot.new.now'], ['shot.new', 'now']],
    ['>', ['shot', 'shot.new', 'shot.new.now'], []],
    ['sh*t.new', [], ['shot.new', 'sht.new']],
  ])('matches %s with %j and not with %j', async (pattern, matching, others) => {
    const [publisher, subscriber] = [await client(), await client()];
    const got = collect(subscriber, pattern, (m) => m.subject);
    await subscriber.flush();
    for (const subject of [...matching, ...others]) publisher.publish(subject);
    await settle(publisher, subscriber);
    // The client's own reply inbox is under `>` too.
    expect(got.filter((subject) => !subject.startsWith('_INBOX'))).toEqual(matching);
  });

  it('delivers once for each of the overlapping subscriptions of one client', async () => {
    const connection = await client();
    const got = ['task.*', 'task.>', 'task.update'].map((pattern) => collect(connection, pattern, (m) => m.subject));
    connection.publish('task.update');
    await settle(connection, connection);
    expect(got).toEqual([['task.update'], ['task.update'], ['task.update']]);
  });

  it('keeps the order of a publisher over many messages', async () => {
    const [publisher, subscriber] = [await client(), await client()];
    const got = collect(subscriber, 'order', (m) => Number(m.string()));
    await subscriber.flush();
    const sent = Array.from({ length: 20_000 }, (_, index) => index);
    for (const index of sent) publisher.publish('order', String(index));
    await settle(publisher, subscriber);
    expect(got).toEqual(sent);
  });

  it('carries any bytes, empty and big payloads, and subjects beyond ASCII', async () => {
    const [publisher, subscriber] = [await client(), await client()];
    const got = collect(subscriber, 'séquence.>', (m) => ({ subject: m.subject, bytes: Buffer.from(m.data) }));
    await subscriber.flush();
    const payloads = [Buffer.alloc(0), Buffer.from([0, 13, 10, 255, 77, 83, 71]), Buffer.alloc(900_000, 'shot'), Buffer.alloc(40_000, 7)];
    for (const [index, payload] of payloads.entries()) publisher.publish(`séquence.${index}`, payload);
    await settle(publisher, subscriber);
    expect(got.map(({ subject }) => subject)).toEqual(payloads.map((_, index) => `séquence.${index}`));
    expect(got.every(({ bytes }, index) => bytes.equals(payloads[index]!))).toBe(true);
  });

  it('carries headers, repeated ones too', async () => {
    const [publisher, subscriber] = [await client(), await client()];
    const got = collect(subscriber, 'playlist:update', (m) => [m.string(), m.headers?.get('Nats-Msg-Id'), m.headers?.values('tag')]);
    await subscriber.flush();
    const header = headers();
    header.set('Nats-Msg-Id', 'event-1');
    header.append('tag', 'one');
    header.append('tag', 'two');
    publisher.publish('playlist:update', 'body', { headers: header });
    await settle(publisher, subscriber);
    expect(got).toEqual([['body', 'event-1', ['one', 'two']]]);
  });

  it('ends a subscription after the asked number of messages', async () => {
    const [publisher, subscriber] = [await client(), await client()];
    const got: string[] = [];
    const subscription = subscriber.subscribe('limited', { callback: (_error, m) => void got.push(m.string()) });
    subscription.unsubscribe(2);
    await subscriber.flush();
    for (const text of ['1', '2', '3']) publisher.publish('limited', text);
    await settle(publisher, subscriber);
    expect(got).toEqual(['1', '2']);
  });

  it('keeps from a client what it published itself when it asked for no echo', async () => {
    const [quiet, other] = [await client({ noEcho: true }), await client()];
    const own = collect(quiet, 'echo', (m) => m.string());
    await quiet.flush();
    quiet.publish('echo', 'mine');
    other.publish('echo', 'yours');
    await settle(quiet);
    await settle(other, quiet);
    expect(own).toEqual(['yours']);
  });

  it('goes on for the others when a subscriber leaves', async () => {
    const [publisher, leaving, staying] = [await client(), await client(), await client()];
    collect(leaving, 'dailies', (m) => m.string());
    const got = collect(staying, 'dailies', (m) => m.string());
    await settle(leaving, staying);
    await leaving.close();
    publisher.publish('dailies', 'now');
    await settle(publisher, staying);
    expect(got).toEqual(['now']);
  });
};

const describeGroups = (client: NewClient): void => {
  it('gives each message to one member of each queue group, and every member its share', async () => {
    const publisher = await client();
    const members = await Promise.all(Array.from({ length: 3 }, () => client()));
    const shares = members.map((member) => collect(member, 'cmd.tasks.*', (m) => m.string(), 'tasks'));
    const audit = collect(members[0]!, 'cmd.>', (m) => m.string(), 'audit');
    const plain = collect(members[1]!, 'cmd.>', (m) => m.string());
    await Promise.all(members.map((member) => member.flush()));
    const sent = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of sent) publisher.publish('cmd.tasks.comment', text);
    await settle(publisher, ...members);
    expect(shares.flat().sort()).toEqual([...sent].sort());
    // Three members and 300 messages: less than 40 for one has a chance of about one in a trillion.
    expect(shares.map((share) => share.length > 40)).toEqual([true, true, true]);
    expect([audit, plain]).toEqual([sent, sent]);
  });

  it('shares within a group whose members subscribed with different patterns', async () => {
    const [publisher, one, other] = [await client(), await client(), await client()];
    const got = [collect(one, 'files.*', (m) => m.string(), 'files'), collect(other, 'files.new', (m) => m.string(), 'files')];
    await settle(one, other);
    for (let index = 0; index < 50; index++) publisher.publish('files.new', String(index));
    await settle(publisher, one, other);
    expect(got.flat()).toHaveLength(50);
  });

  it('passes over members that have left', async () => {
    const [publisher, leaving, staying] = [await client(), await client(), await client()];
    collect(leaving, 'work', (m) => m.string(), 'workers');
    const got = collect(staying, 'work', (m) => m.string(), 'workers');
    await settle(leaving, staying);
    // Draining waits for the broker, where closing leaves it to find out.
    await leaving.drain();
    for (let index = 0; index < 20; index++) publisher.publish('work', String(index));
    await settle(publisher, staying);
    expect(got).toHaveLength(20);
  });
};

const describeRequests = (client: NewClient): void => {
  it('answers requests, many at once', async () => {
    const [asking, answering] = [await client(), await client()];
    answering.subscribe('cmd.double', { queue: 'q', callback: (_error, m) => void m.respond(String(Number(m.string()) * 2)) });
    await answering.flush();
    const replies = await Promise.all(Array.from({ length: 500 }, (_, index) => asking.request('cmd.double', String(index))));
    expect(replies.map((reply) => Number(reply.string()))).toEqual(Array.from({ length: 500 }, (_, index) => index * 2));
  });

  it('says at once that nobody answers a subject', async () => {
    const asking = await client();
    await expect(asking.request('cmd.nobody', '', { timeout: 5000 })).rejects.toThrow(/no responders/);
    await expect(asking.request('cmd.nobody', '', { timeout: 5000, noMux: true })).rejects.toThrow(/no responders/);
  });

  it('says that nobody answers when the only subscriber is the asking client without echo', async () => {
    const asking = await client({ noEcho: true });
    collect(asking, 'cmd.self', (m) => m.string());
    await expect(asking.request('cmd.self', '', { timeout: 5000 })).rejects.toThrow(/no responders/);
  });
};
