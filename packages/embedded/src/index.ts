import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startEventStoreProcess } from '@shotlog/embedded-eventstore';
import { startNats } from '@shotlog/embedded-nats';
import { openDataDir } from './data-dir.ts';
import { startPostgres } from './postgres.ts';

export { freePort, startPostgres } from './postgres.ts';
export { openDataDir } from './data-dir.ts';

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

/** Starts what is not configured: PostgreSQL, the event log and the broker, with their data below one folder. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const progress = options.progress ?? (() => {});
  const folder = await openDataDir(options.dataDir);
  const stops: (() => Promise<void>)[] = [folder.release];
  const stop = async () => { for (const end of stops.reverse()) await end().catch(() => {}); };
  try {
    const [database, log, broker] = await Promise.all([
      options.databaseUrl ? null : startPostgres(join(folder.path, 'postgres')),
      options.eventStoreUrl ? null : (async () => {
        await mkdir(join(folder.path, 'log'), { recursive: true });
        const port = options.eventStorePort ?? 0;
        return startEventStoreProcess({ port, file: join(folder.path, 'log', 'events.sqlite') }).catch((e) => taken(e, 'event log', port, 'EVENTSTORE_PORT'));
      })(),
      options.natsUrl ? null : startNats({ port: options.natsPort ?? 0, maxPayloadBytes: 8 * 1024 * 1024 }).catch((e) => taken(e, 'broker', options.natsPort ?? 0, 'NATS_PORT')),
    ].map((p) => Promise.resolve(p).then((s) => { if (s) stops.push(() => s.stop()); return s; })) as any) as any[];
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
