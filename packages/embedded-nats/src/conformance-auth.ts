import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StartBroker, StartedBroker } from './conformance.ts';
import { Wire } from './wire.ts';

/** Who may connect, and what they may do. */
export const authConformance = (start: StartBroker): void => {
  describe('with a token', () => {
    let broker: StartedBroker;
    beforeAll(async () => {
      broker = await start({ token: 'take-two' });
    });
    afterAll(() => broker.stop());

    it('lets in who knows it', async () => {
      const connection = await connect({ servers: broker.url, token: 'take-two', reconnect: false });
      await connection.flush();
      await connection.close();
    });

    it.each([['a wrong one', { token: 'take-one' }], ['none', {}]])('refuses %s', async (_name, credentials) => {
      await expect(connect({ servers: broker.url, reconnect: false, ...credentials })).rejects.toThrow(/authorization/i);
    });

    it.each(['PING\r\n', 'SUB > 1\r\n', 'PUB a 1\r\nx\r\n'])('refuses %j before CONNECT', async (first) => {
      const wire = await Wire.open(broker.url);
      wire.send(first);
      await wire.sees(/-ERR 'Authorization Violation'/i);
      await wire.isCut();
      expect(wire.received).not.toMatch(/PONG|MSG/);
    });

    it('cuts a client that never says who it is', async () => {
      const wire = await Wire.open(broker.url);
      expect(wire.info).toMatchObject({ auth_required: true });
      await wire.sees(/-ERR '.*Authentication Timeout'/i);
      await wire.isCut();
    });
  });

  describe('with users', () => {
    let broker: StartedBroker;
    beforeAll(async () => {
      broker = await start({
        users: [
          { user: 'shotlog', password: 'inside' },
          {
            user: 'integrator', password: 'outside',
            publish: { allow: ['_INBOX.>', 'chat.*'], deny: ['chat.admin'] },
            subscribe: { allow: ['event.>', 'chat.>'], deny: ['event.secret.*'] },
          },
        ],
      });
    });
    afterAll(() => broker.stop());
    const integrator = (): Promise<Wire> => Wire.open(broker.url, { user: 'integrator', pass: 'outside' });

    it('refuses a wrong password and an unknown user', async () => {
      for (const user of ['shotlog', 'nobody']) {
        await expect(connect({ servers: broker.url, user, pass: 'wrong', reconnect: false })).rejects.toThrow(/authorization/i);
      }
    });

    it.each(['cmd.tasks.comment', 'chat.admin', 'chat.a.b'])('refuses to publish %s, and goes on', async (subject) => {
      const wire = await integrator();
      wire.send(`PUB ${subject} 2\r\nhi\r\n`);
      await wire.sees(`-ERR 'Permissions Violation for Publish to "${subject}"'`);
      await wire.settles();
      wire.close();
    });

    it.each(['>', 'cmd.*', 'event.secret.*', 'event.secret.one', '*.new'])('refuses to subscribe to %s, and goes on', async (subject) => {
      const wire = await integrator();
      wire.send(`SUB ${subject} 1\r\n`);
      await wire.sees(`-ERR 'Permissions Violation for Subscription to "${subject}"'`);
      await wire.settles();
      wire.close();
    });

    it('delivers what is allowed, without what is denied within it', async () => {
      const wire = await integrator();
      wire.send('SUB event.> 1\r\nSUB chat.* 2\r\nPUB chat.all 2\r\nhi\r\n');
      await wire.settles();
      const inside = await Wire.open(broker.url, { user: 'shotlog', pass: 'inside' });
      inside.send('PUB event.secret.one 6\r\nsecret\r\nPUB event.shot.new 4\r\nopen\r\n');
      await inside.settles();
      await wire.settles();
      expect(wire.received).toContain('MSG chat.all 2 2\r\nhi\r\n');
      expect(wire.received).toContain('MSG event.shot.new 1 4\r\nopen\r\n');
      expect(wire.received).not.toContain('secret');
      expect(wire.received).not.toContain('-ERR');
      wire.close();
      inside.close();
    });
  });
};
