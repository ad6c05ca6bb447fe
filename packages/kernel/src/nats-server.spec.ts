import { expect, it } from 'vitest';
import { natsServer } from './nats-server.ts';

it('takes a plain server', () => expect(natsServer('nats://127.0.0.1:4222')).toEqual({ servers: ['nats://127.0.0.1:4222'] }));
it('takes a server without protocol', () => expect(natsServer('nats:4222')).toEqual({ servers: ['nats://nats:4222'] }));
it('takes user and password out, escapes undone', () =>
  expect(natsServer('nats://shotlog:1%40b%3A2@nats:4222')).toEqual({ servers: ['nats://nats:4222'], user: 'shotlog', pass: '1@b:2' }));
it('takes a cluster', () =>
  expect(natsServer('nats://u:p@a:4222, nats://b:4222')).toEqual({ servers: ['nats://a:4222', 'nats://b:4222'], user: 'u', pass: 'p' }));
it('keeps the protocol that asks for encryption', () => expect(natsServer('tls://a:4222')).toEqual({ servers: ['tls://a:4222'] }));
