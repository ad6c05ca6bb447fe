import type { ServiceConfig } from '@shotlog/kernel/config';
import { rebuildService } from '@shotlog/kernel/rebuild';
import type { ServiceDefinition } from '@shotlog/kernel/service';
import { pino } from 'pino';
import { inDatabase } from './truth.ts';

/** Rows as JSON by table, and the log position that they stand for. */
type Rows = { position: string | null; tables: Record<string, string[]> };

const rowsOf = async ({ name, projections }: ServiceDefinition, databaseUrl: string): Promise<Rows> => {
  const tables = projections.flatMap((p) => p.tables.map((t) => t.name));
  const [found] = await inDatabase(databaseUrl, [`select (select position::text from "${name}".checkpoint) as position, json_build_object(${tables.map((table) =>
    `'${table}', (select coalesce(json_agg(r order by r), '[]') from (select to_jsonb(t)::text as r from "${name}"."${table}" t) x)`).join(', ')}) as tables`]);
  return { position: found.position, tables: found.tables };
};

const ATTEMPTS = 10;

/**
 * What a running service's read model holds, as it came about and once it was built anew from the log: both of one position of the log.
 * @throws Error when something is written all the time.
 */
export const rebuilt = async (definition: ServiceDefinition, config: ServiceConfig): Promise<{ live: Rows['tables']; anew: Rows['tables'] }> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const live = await rowsOf(definition, config.DATABASE_URL);
    await rebuildService(definition, config, pino({ level: 'silent' }));
    const anew = await rowsOf(definition, config.DATABASE_URL);
    if (live.position === anew.position) return { live: live.tables, anew: anew.tables };
  }
  throw new Error(`the log of ${definition.name} does not come to rest`);
};
