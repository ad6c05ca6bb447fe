import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StartBroker, StartedBroker } from './conformance.ts';
import { Wire } from './wire.ts';

/** What the bytes on the connection say. */
export const wireConformance = (start: StartBroker): void => {
  describe('on the wire', () => {
    let broker: StartedBroker;
    const wires: Wire[] = [];
    const open = async (options?: Record<string, unknown>): Promise<Wire> => {
      const wire = await Wire.open(broker.url, options);
      wires.push(wire);
      return wire;
    };
    beforeAll(async () => {
      broker = await start({ maxPayloadBytes: 100_000 });
    });
    afterEach(() => {
      for (const wire of wires.splice(0)) wire.close();
    });
    afterAll(() => broker.stop());

    describeHandshake(open);
    describeOperations(open);
    describeRefusals(open);
  });
  describeSlowAndStale(start);
};

type Open = (options?: Record<string, unknown>) => Promise<Wire>;

const describeHandshake = (open: Open): void => {
  it('introduces itself', async () => {
    const { info } = await open();
    expect(info).toMatchObject({ headers: true, max_payload: 100_000, proto: 1, server_id: expect.any(String), version: expect.any(String) });
    expect(info).toMatchObject({ client_id: expect.any(Number), port: expect.any(Number) });
  });

  it('works without CONNECT where nobody is asked who he is', async () => {
    const wire = await open();
    wire.send('SUB a 1\r\nPUB a 2\r\nhi\r\n');
    await wire.sees('MSG a 1 2\r\nhi\r\n');
  });

  it.each([['that asked for it', { verbose: true }], ['that sent no CONNECT', undefined]])('acknowledges every operation of a client %s', async (_who, options) => {
    const wire = await open(options);
    wire.send('SUB a 1\r\nUNSUB 1\r\nPUB a 2\r\nhi\r\n');
    await wire.settles();
    expect(wire.received.split('+OK\r\n')).toHaveLength(options === undefined ? 4 : 5);
  });

  it.each([['no_responders without headers', '{"no_responders":true}'], ['no JSON', '{"verbose":']])('refuses a CONNECT with %s', async (_name, json) => {
    const wire = await open();
    wire.send(`CONNECT ${json}\r\nPING\r\n`);
    await wire.isCut();
    expect(wire.received).not.toContain('PONG');
  });
};

const describeOperations = (open: Open): void => {
  it('takes lower case, tabs, several spaces and bare line feeds', async () => {
    const wire = await open();
    wire.send('sub  a\t1\npub\ta  2\nhi\r\nPiNg\n');
    await wire.sees('MSG a 1 2\r\nhi\r\n');
    await wire.sees('PONG\r\n');
  });

  it('takes a stream that comes byte by byte', async () => {
    const wire = await open({ headers: true });
    const stream = 'SUB a.* 1\r\nPUB a.b reply.to 5\r\nhello\r\nHPUB a.c 18 20\r\nNATS/1.0\r\nk: v\r\n\r\nhi\r\nPING\r\n';
    for (const byte of stream) wire.send(byte);
    await wire.sees('MSG a.b 1 reply.to 5\r\nhello\r\n');
    await wire.sees('HMSG a.c 1 18 20\r\nNATS/1.0\r\nk: v\r\n\r\nhi\r\n');
    await wire.sees('PONG\r\n');
  });

  it('leaves the headers away for a client that cannot read them', async () => {
    const [plain, sender] = [await open({ headers: false }), await open({ headers: true })];
    plain.send('SUB a 1\r\n');
    await plain.settles();
    sender.send('HPUB a 18 20\r\nNATS/1.0\r\nk: v\r\n\r\nhi\r\n');
    await sender.settles();
    await plain.sees('MSG a 1 2\r\nhi\r\n');
  });

  it('answers 503 without a body when nobody is there to reply', async () => {
    const wire = await open({ headers: true, no_responders: true });
    wire.send('SUB inbox.* 7\r\nPUB nobody inbox.1 0\r\n\r\n');
    await wire.sees('HMSG inbox.1 7 16 16\r\nNATS/1.0 503\r\n\r\n\r\n');
  });

  it('keeps the first subscription of a sid', async () => {
    const wire = await open();
    wire.send('SUB a 1\r\nSUB b 1\r\nPUB b 1\r\nx\r\nPUB a 1\r\ny\r\n');
    await wire.settles();
    expect(wire.received).toContain('MSG a 1 1\r\ny\r\n');
    expect(wire.received).not.toContain('MSG b');
  });

  it('counts what was delivered before UNSUB said how much is wanted', async () => {
    const wire = await open();
    const publish = 'PUB a 1\r\nx\r\n';
    wire.send(`SUB a 1\r\n${publish}${publish}UNSUB 1 3\r\n${publish}${publish}${publish}`);
    await wire.settles();
    expect(wire.received.split('MSG a 1 1\r\n')).toHaveLength(4);
    wire.send(`SUB a 2\r\n${publish}UNSUB 2 1\r\n${publish}`);
    await wire.settles();
    expect(wire.received.split('MSG a 2 1\r\n')).toHaveLength(2);
  });

  it('answers what a client asked before it closed its half', async () => {
    const wire = await open({});
    wire.send('SUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n');
    wire.end();
    await wire.isCut();
    expect(wire.received).toMatch(/MSG a 1 2\r\nhi\r\nPONG\r\n$/);
  });
};

const describeRefusals = (open: Open): void => {
  it.each(['a..b', '.a', 'a.', 'a.>.b', '>.a'])('refuses to subscribe to %s, and goes on', async (subject) => {
    const wire = await open();
    wire.send(`SUB ${subject} 1\r\n`);
    await wire.sees(/-ERR 'Invalid Subject'/i);
    await wire.settles();
  });

  it.each(['a.*', '>', 'a..b'])('refuses to publish %s to a pedantic client', async (subject) => {
    const wire = await open({ pedantic: true });
    wire.send(`PUB ${subject} 1\r\nx\r\n`);
    await wire.sees(/-ERR 'Invalid Publish Subject'/i);
    await wire.settles();
  });

  it.each(['FROB a 1\r\n', 'GET / HTTP/1.1\r\nHost: here\r\n\r\n', '\x16\x03\x01\x02\x00\x01', 'PUBLISH a 1\r\nx\r\n', 'PUB a 1\r\ntoo long\r\n'])(
    'refuses %j as no operation, and closes', async (bytes) => {
      const wire = await open();
      wire.send(bytes);
      await wire.sees(/-ERR 'Unknown Protocol Operation'/i);
      await wire.isCut();
    });

  it.each(['PUB\r\n', 'PUB a\r\n', 'PUB a b c 1\r\n', 'PUB a -1\r\n', 'PUB a 1e3\r\n', 'SUB a\r\n', 'SUB a b c d\r\n', 'HPUB a 9 2\r\n'])(
    'closes on the arguments of %j', async (line) => {
      const wire = await open({ headers: true });
      wire.send(`${line}PING\r\n`);
      await wire.isCut();
      expect(wire.received).not.toContain('PONG');
    });

  it('refuses a payload over the limit before it is sent, and closes', async () => {
    const wire = await open();
    wire.send(`SUB a 1\r\nPUB a 100000\r\n${'x'.repeat(100_000)}\r\n`);
    await wire.sees(/MSG a 1 100000\r\nx{100000}\r\n/);
    wire.send('PUB a 100001\r\n');
    await wire.sees(/-ERR 'Maximum Payload Violation'/i);
    await wire.isCut();
  });

  it.each(['\r\n', ''])('refuses a control line over the limit that ends in %j, and closes', async (lineEnd) => {
    const wire = await open();
    wire.send(`SUB ${'a'.repeat(5000)} 1${lineEnd}`);
    await wire.sees(/-ERR 'Maximum Control Line Exceeded'/i);
    await wire.isCut();
  });

  it('refuses headers of a client that did not announce them, and closes', async () => {
    const wire = await open({ headers: false });
    wire.send('HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n');
    await wire.isCut();
  });

  it('survives garbage', async () => {
    const healthy = await open();
    for (let round = 0; round < 50; round++) {
      const wire = await open();
      // A line feed at the end: what by chance looks like the beginning of an operation is judged too.
      wire.send(Buffer.concat([randomBytes(1 + round * 97), Buffer.from('\n\r\n\x00\n')]));
      await wire.isCut();
    }
    await healthy.settles();
  });
};

const describeSlowAndStale = (start: StartBroker): void => {
  it('cuts off a consumer that takes too little, and serves the others', async () => {
    const broker = await start({ maxPendingBytes: 2 * 1024 * 1024 });
    const [slow, quick, publisher] = [await Wire.open(broker.url, {}), await Wire.open(broker.url, {}), await Wire.open(broker.url, {})];
    slow.send('SUB frames 1\r\n');
    quick.send('SUB frames.last 1\r\n');
    await Promise.all([slow.settles(), quick.settles()]);
    slow.pause();
    const frame = `PUB frames 60000\r\n${'f'.repeat(60_000)}\r\n`;
    // 60 MB: far more than the limit and what two kernels' buffers hold.
    for (let sent = 0; sent < 1000; sent += 50) {
      publisher.send(frame.repeat(50));
      await publisher.settles();
    }
    publisher.send('PUB frames.last 2\r\nok\r\n');
    await quick.sees('MSG frames.last 1 2\r\nok\r\n');
    slow.resume();
    await slow.isCut();
    expect(slow.received.length).toBeLessThan(50_000_000);
    for (const wire of [slow, quick, publisher]) wire.close();
    await broker.stop();
  });

  it('pings a silent client and cuts it when it does not answer', async () => {
    const broker = await start({ pingIntervalMs: 200, maxPingsOut: 2 });
    const [silent, alive] = [await Wire.open(broker.url, {}), await Wire.open(broker.url, {})];
    const answering = setInterval(() => alive.send('PONG\r\n'), 50);
    await silent.sees('PING\r\n');
    await silent.sees(/-ERR 'Stale Connection'/i);
    await silent.isCut();
    await alive.settles();
    clearInterval(answering);
    alive.close();
    await broker.stop();
  });
};
