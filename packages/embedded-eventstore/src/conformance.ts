import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe } from 'vitest';
import { appendsAndReads } from './conformance/appends.ts';
import { clients } from './conformance/clients.ts';
import { groups } from './conformance/groups.ts';
import type { Connected, Suite } from './conformance/harness.ts';
import { subscriptions } from './conformance/subscriptions.ts';

/**
 * Declares the tests that every server must pass which Shotlog uses as its event log: the embedded one and a real
 * EventStoreDB or KurrentDB. The server may hold events of others; the tests write to streams of their own.
 */
export const eventStoreConformance = (connect: () => Promise<Connected>) => {
  describe('an event store', () => {
    let connected: Connected;
    let client: EventStoreDBClient;
    const suite: Suite = {
      get url() { return connected.url; },
      get client() { return client; },
    };
    beforeAll(async () => {
      connected = await connect();
      client = EventStoreDBClient.connectionString(connected.url);
    });
    afterAll(async () => {
      await client.dispose();
      await connected.stop();
    });
    appendsAndReads(suite);
    subscriptions(suite);
    groups(suite);
    clients(suite);
  });
};
