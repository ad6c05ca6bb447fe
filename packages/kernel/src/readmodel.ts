import type { Logger } from 'pino';
import { openDatabase, shapeOf, type Database } from './database.ts';
import type { Recorded } from './event.ts';
import type { Log } from './log.ts';
import type { Projection } from './projection.ts';
import { startProjector } from './projector.ts';
import { raw, sql } from './sql.ts';
import type { Table } from './tables.ts';

/** What stands in every read model beside its tables, and what stands in the private schema because no log tells it. */
const BOOKKEEPING = `
  create table checkpoint (position bigint);
  insert into checkpoint values (null);
  create table shape (hash text not null);
  create table failed_event (id uuid primary key, type text not null, reason text not null);`;
const PRIVATE = (schema: string) => `
  create table if not exists "${schema}_private".outbox (seq bigserial primary key, position bigint not null, name text not null, payload jsonb not null, event_id uuid not null);
  create table if not exists "${schema}_private".relayed (position bigint);
  create table if not exists "${schema}_private".claim (kind text, key text, stream text not null, primary key (kind, key));
  create table if not exists "${schema}_private".receipt (command_id uuid primary key, status int not null, body jsonb, at timestamp not null default now());
  create table if not exists "${schema}_private".claimed_from (hash text);
  create table if not exists "${schema}_private".reaction (name text primary key, position bigint);
  create table if not exists "${schema}_private".open_process (command_id uuid primary key, subject text not null, input jsonb not null, actor uuid, correlation_id text not null);`;

const exists = async (database: Database, schema: string): Promise<boolean> =>
  (await database.one(sql`select 1 as found from information_schema.tables where table_schema = ${schema} and table_name = 'shape'`)) !== null;

const create = (database: Database, schema: string, statements: string, hash: string): Promise<void> =>
  database.batch([raw(`create schema "${schema}"`), raw(`set local search_path to "${schema}"`), raw(statements.replaceAll(`"${database.schema}".`, `"${schema}".`)),
    raw(BOOKKEEPING), sql`insert into shape values (${hash})`]);

/** The private schema's own tables; a service adds its own by `privateTables` (idempotent SQL). */
export const preparePrivate = (database: Database, own: string): Promise<void> =>
  database.batch([raw(`select pg_advisory_xact_lock(hashtext('${database.schema}_private'))`), raw(`set local search_path to "${database.schema}_private"`),
    raw(PRIVATE(database.schema)), ...(own ? [raw(own)] : [])]);

/**
 * Makes sure that the read model stands in the shape that this version wants: a missing one is created empty, one of another
 * shape is built anew from the log beside it and takes its place once it has caught up. Answers the position it stands at.
 */
export const prepareReadModel = async (options: {
  database: Database; url: string; service: string; tables: Table[]; projections: Projection[]; log: Log; logger: Logger; force?: boolean;
  reveal?: (event: Recorded) => Promise<Recorded>;
}): Promise<bigint | null> => {
  const { database, service, tables } = options;
  const { statements, hash } = await shapeOf(database, tables);
  const there = await exists(database, service);
  if (there && !options.force) {
    const [found] = await database.all(raw('select hash from shape'));
    if (found?.hash === hash) return position(database);
  }
  if (!there && (await options.log.end()) === null) {
    await create(database, service, statements, hash);
    return null;
  }
  await rebuild({ ...options, statements, hash, there });
  return position(database);
};

const position = async (database: Database): Promise<bigint | null> => {
  const row = await database.one<{ position: string | null }>(raw('select position from checkpoint'));
  return row?.position == null ? null : BigInt(row.position);
};

const rebuild = async ({ database, url, service, projections, log, logger, statements, hash, there, reveal }: {
  database: Database; url: string; service: string; projections: Projection[]; log: Log; logger: Logger; statements: string; hash: string; there: boolean;
  reveal?: (event: Recorded) => Promise<Recorded>;
}): Promise<void> => {
  const next = `${service}_next`;
  const end = (await log.end()) ?? 0n;
  logger.info({ service, end: String(end) }, 'building the read model from the log');
  await database.batch([raw(`drop schema if exists "${next}" cascade`)]);
  await create(database, next, statements, hash);
  const beside = await openDatabase({ url, schema: next, tables: [] });
  const started = Date.now();
  let count = 0;
  const projector = startProjector({ service, database: beside, log, projections, logger, publishAfter: end, live: false, owns: () => false, reveal }, null);
  projector.onProjected(({ events }) => { count += events.length; });
  try {
    while (!(await projector.reached(end, 5_000))) logger.info({ service, position: String(projector.position()), end: String(end) }, 'building the read model');
  } finally {
    await projector.stop();
    await beside.close();
  }
  await database.batch([...(there ? [raw(`drop schema "${service}" cascade`)] : []), raw(`alter schema "${next}" rename to "${service}"`)]);
  const took_ms = Date.now() - started;
  logger.info({ service, events: count, took_ms, events_per_s: Math.round((count * 1000) / Math.max(1, took_ms)) }, 'the read model is built');
};

/** What was published already, and from where on messages are due: a read model built anew publishes nothing twice. */
export const relayFloor = async (database: Database, log: Log, fresh: boolean): Promise<bigint | null> => {
  const row = await database.one<{ position: string | null }>(raw('select position from relayed'));
  if (row) return row.position === null ? null : BigInt(row.position);
  const floor = fresh ? null : await log.end();
  await database.batch([sql`insert into relayed values (${floor})`]);
  return floor;
};
