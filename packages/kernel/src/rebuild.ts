import type { Logger } from 'pino';
import type { ServiceConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { directoryProjection } from './directory.ts';
import type { Recorded } from './event.ts';
import { openLog } from './log.ts';
import { provision, serviceUrl } from './provision.ts';
import { preparePrivate, publishedUntil, rebuild, type Rebuilt } from './readmodel.ts';
import type { ServiceDefinition } from './service.ts';

/**
 * Builds a service's read model anew from the log beside the live one, which is answered from until it is replaced. A running service goes
 * on projecting meanwhile; nothing is published again. `live`: whether one was running.
 */
export const rebuildService = async (definition: ServiceDefinition, config: ServiceConfig, logger: Logger): Promise<Rebuilt & { live: boolean }> => {
  const { name } = definition;
  await provision(config.DATABASE_URL, config.SHOTLOG_SECRET_KEY, [name]);
  const url = serviceUrl(config.DATABASE_URL, config.SHOTLOG_SECRET_KEY, name);
  const projections = [directoryProjection, ...definition.projections];
  const tables = projections.flatMap((p) => p.tables);
  const log = openLog(config.EVENTSTORE_URL);
  const database = await openDatabase({ url, schema: name, tables });
  try {
    await preparePrivate(database, definition.privateTables ?? '');
    const owned = new Set(definition.events.map((e) => e.eventType));
    const reveal = definition.reveal && ((event: Recorded) => definition.reveal!(event, { db: database, config }));
    const parts = { database, url, service: name, tables, projections, log, logger, reveal, owns: (type: string) => owned.has(type) };
    const unlock = await database.lock(`projector ${name}`, () => {});
    try {
      const told = unlock ? await publishedUntil(database, log, false) : null;
      return { ...(await rebuild(parts, { publishing: unlock !== null, told })), live: unlock === null };
    } finally {
      await unlock?.();
    }
  } finally {
    await database.close();
    await log.close();
  }
};
