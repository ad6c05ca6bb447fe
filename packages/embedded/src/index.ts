import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startEventStoreProcess } from '@shotlog/embedded-eventstore';
import { startNats } from '@shotlog/embedded-nats';
import { openDataDir } from './data-dir.ts';
import { startPostgres } from './postgres.ts';

export { alive } from './alive.ts';
export { freePort, startPostgres } from './postgres.ts';
export { openDataDir } from './data-dir.ts';
export { startEventStoreProcess } from '@shotlog/embedded-eventstore';
export { startNats } from '@shotlog/embedded-nats';

export type EmbeddedOptions = {
  dataDir: string;
  /** Ports of the embedded log and broker; 0: any. */
  eventStorePort?: number;
  natsPort?: number;
  /** Servers of the studio's own, used instead. */
  databaseUrl?: string;
  eventStoreUrl?: string;
  natsUrl?: string;
  secret?: string;
  /** Told what is being done, for the screen. */
  progress?: (line: string) => void;
};

export type Embedded = { databaseUrl: string; eventStoreUrl: string; natsUrl: string; secret: string; dataDir: string; stop(): Promise<void> };

const taken = (error: unknown, what: string, port: number, variable: string): never => {
  if ((error as NodeJS.ErrnoException)?.code === 'EADDRINUSE' || /EADDRINUSE|in use/.test(String(error))) {
    throw new Error(`Port ${port} for the embedded ${what} is in use. Set ${variable} to another port.`, { cause: error });
  }
  throw error;
};

const startLog = async (folder: string, port: number) => {
  await mkdir(join(folder, 'log'), { recursive: true });
  return startEventStoreProcess({ port, file: join(folder, 'log', 'events.sqlite') }).catch((error) => taken(error, 'event log', port, 'EVENTSTORE_PORT'));
};

/** Waits for all, so that what did start is known and can be stopped when another did not. */
const allOrNone = async (parts: (Promise<any> | null)[], stops: (() => Promise<void>)[]): Promise<any[]> => {
  const settled = await Promise.allSettled(parts);
  for (const s of settled) if (s.status === 'fulfilled' && s.value) stops.push(() => s.value.stop());
  const failed = settled.find((s) => s.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((s) => (s as PromiseFulfilledResult<any>).value);
};

/** Starts what is not configured: PostgreSQL, the event log and the broker, with their data below one folder. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const progress = options.progress ?? (() => {});
  const folder = await openDataDir(options.dataDir);
  const stops: (() => Promise<void>)[] = [folder.release];
  const stop = async () => { for (const end of stops.reverse()) await end().catch(() => {}); };
  try {
    const [database, log, broker] = await allOrNone([
      options.databaseUrl ? null : startPostgres(join(folder.path, 'postgres')),
      options.eventStoreUrl ? null : startLog(folder.path, options.eventStorePort ?? 0),
      options.natsUrl ? null : startNats({ port: options.natsPort ?? 0, maxPayloadBytes: 8 * 1024 * 1024 }).catch((e) => taken(e, 'broker', options.natsPort ?? 0, 'NATS_PORT')),
    ], stops);
    progress(`PostgreSQL ${database ? 'embedded' : 'configured'}, event log ${log ? log.url : 'configured'}, broker ${broker ? broker.url : 'configured'}`);
    return {
      databaseUrl: options.databaseUrl ?? database!.url, eventStoreUrl: options.eventStoreUrl ?? log!.url, natsUrl: options.natsUrl ?? broker!.url,
      secret: options.secret ?? folder.secret, dataDir: folder.path, stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
