import { join } from 'node:path';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { MikroORM } from '@mikro-orm/postgresql';
import { startPostgres } from '@shotlog/embedded';
import { SERVICES } from '@shotlog/kernel/config';

/** The types of all events in a log, read as any analyst would. */
export const connectLog = async (url: string): Promise<Set<string>> => {
  const client = EventStoreDBClient.connectionString(url);
  const types = new Set<string>();
  for await (const { event } of client.readAll({ fromPosition: START })) if (event) types.add(event.type);
  return types;
};

/** Deletes every read model of a stopped studio; the private schemas stay, since no log tells what is in them. */
export const dropReadModels = async (dataDir: string): Promise<void> => {
  const postgres = await startPostgres(join(dataDir, 'postgres'));
  await inDatabase(postgres.url, SERVICES.map((service) => `drop schema "${service}" cascade`));
  await postgres.stop();
};

/** Runs statements as the owner of the database, past all services; answers the rows of the last. */
export const inDatabase = async (clientUrl: string, statements: string[]): Promise<any[]> => {
  const orm = await MikroORM.init({ clientUrl, entities: [], discovery: { warnWhenNoEntities: false } } as any);
  let rows: any[] = [];
  for (const statement of statements) rows = await orm.em.getConnection().execute(statement);
  await orm.close(true);
  return rows;
};
