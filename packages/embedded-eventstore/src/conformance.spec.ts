import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStoreConformance } from './conformance.ts';
import { startEventStoreProcess } from './index.ts';

/** With EVENTSTORE_CONFORMANCE_URL set, the suite runs against the server there instead of ours. */
const elsewhere = process.env['EVENTSTORE_CONFORMANCE_URL'];

eventStoreConformance(async () => {
  if (elsewhere) return { url: elsewhere, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'));
  const { url, stop } = await startEventStoreProcess({ port: 0, file: join(folder, 'log.db') });
  return {
    url,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
});
