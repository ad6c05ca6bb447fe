import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { openDatabase, shapeOf, type Database } from './database.ts';
import type { Recorded } from './event.ts';
import type { Log } from './log.ts';
import type { Projection } from './projection.ts';
import { DISPLACED, startProjector } from './projector.ts';
import { raw, sql } from './sql.ts';
import type { Table } from './tables.ts';

/** What stands in every read model beside its tables, and what stands in the private schema because no log tells it. */
const BOOKKEEPING = `
  create table checkpoint (position bigint);
  insert into checkpoint values (null);
  create table shape (hash text not null);
  create table failed_event (id uuid primary key, type text not null, reason text not null);
  create function expect_checkpoint(expected bigint) returns void language plpgsql as $$ begin
    perform 1 from checkpoint where position is not distinct from expected for update;
    if not found then raise exception 'the checkpoint is not at %', expected using errcode = '${DISPLACED}'; end if;
  end $$;
  create function move_checkpoint(expected bigint, wanted bigint, channel text, news text) returns void language plpgsql as $$ begin
    update checkpoint set position = wanted where position is not distinct from expected;
    if not found then raise exception 'the checkpoint is not at %', expected using errcode = '${DISPLACED}'; end if;
    if channel is not null then perform pg_notify(channel, news); end if;
  end $$;`;
const PRIVATE = (schema: string) => `
  create table if not exists "${schema}_private".outbox (seq bigserial primary key, position bigint not null, name text not null, payload jsonb not null, event_id uuid not null);
  create table if not exists "${schema}_private".relayed (position bigint);
  create table if not exists "${schema}_private".claim (kind text, key text, stream text not null, primary key (kind, key));
  alter table "${schema}_private".claim add column if not exists at timestamp not null default clock_timestamp();
  create table if not exists "${schema}_private".keyed_command (command_id uuid primary key, request text not null, stream text, decided jsonb, reply jsonb, at timestamp not null default now());
  create table if not exists "${schema}_private".reaction (name text primary key, position bigint);
  create table if not exists "${schema}_private".open_process (command_id uuid primary key, subject text not null, input jsonb not null, actor uuid, correlation_id text not null);
  alter table "${schema}_private".open_process add column if not exists owner uuid;`;

/** The hash of a read model's shape, null when there is none. */
const foundShape = async (database: Database, schema: string): Promise<string | null> => {
  const there = await database.one(sql`select 1 as found from information_schema.tables where table_schema = ${schema} and table_name = 'shape'`);
  if (!there) return null;
  return (await database.one<{ hash: string }>(sql`select hash from "${raw(schema)}".shape`))?.hash ?? '';
};

const create = (database: Database, schema: string, statements: string, hash: string): Promise<void> =>
  database.batch([raw(`drop schema if exists "${schema}" cascade`), raw(`create schema "${schema}"`), raw(`set local search_path to "${schema}"`),
    raw(statements.replaceAll(`"${database.schema}".`, `"${schema}".`)), raw(BOOKKEEPING), sql`insert into shape values (${hash})`]);

/** The private schema's own tables; a service adds its own by `privateTables` (idempotent SQL). */
export const preparePrivate = (database: Database, own: string): Promise<void> =>
  database.batch([raw(`select pg_advisory_xact_lock(hashtext('${database.schema}_private'))`), raw(`set local search_path to "${database.schema}_private"`),
    raw(PRIVATE(database.schema)), ...(own ? [raw(own)] : [])]);

export type ReadModelParts = {
  database: Database; url: string; service: string; tables: Table[]; projections: Projection[]; log: Log; logger: Logger;
  owns: (type: string) => boolean; reveal?: (event: Recorded) => Promise<Recorded>;
};

/**
 * Makes sure that the read model stands in the shape that this version wants: a missing one is created empty, one of another
 * shape is built anew from the log beside it and takes its place once it has caught up. Only for who holds the projector's lock.
 */
export const prepareReadModel = async (parts: ReadModelParts & { fresh: boolean }): Promise<{ position: bigint | null; publishAfter: bigint | null }> => {
  const { database, service, log, fresh } = parts;
  const told = await publishedUntil(database, log, fresh);
  const { statements, hash } = await wantedShape(parts);
  const found = await foundShape(database, service);
  if (found === null && (await log.end()) === null) await create(database, service, statements, hash);
  else if (found !== hash) await rebuild(parts, { publishing: true, told });
  return { position: await modelPosition(database), publishAfter: told };
};

const wantedShape = async ({ database, tables, projections }: ReadModelParts): Promise<{ statements: string; hash: string }> => {
  const { statements, hash } = await shapeOf(database, tables);
  const functions = projections.flatMap((p) => p.functions ?? []).join('\n');
  return { statements: statements + functions, hash: `${hash} ${createHash('sha256').update(BOOKKEEPING + functions).digest('hex').slice(0, 8)}` };
};

/** Where the read model stands. @throws when there is none. */
export const modelPosition = async (database: Database): Promise<bigint | null> => {
  const row = await database.one<{ position: number | null }>(raw('select position from checkpoint'));
  return row?.position == null ? null : BigInt(row.position);
};

const later = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null || a > b ? a : b);

/**
 * Up to where messages stand in the outbox or were published already: what the read model loses when it is dropped. A service that
 * comes to a log of others for the first time begins at its end.
 */
export const publishedUntil = async (database: Database, log: Log, fresh: boolean): Promise<bigint | null> => {
  const row = await database.one<{ relayed: number | null; waiting: number | null }>(
    raw('select position as relayed, (select max(position) from outbox) as waiting from relayed'));
  if (row) return later(row.relayed === null ? null : BigInt(row.relayed), row.waiting === null ? null : BigInt(row.waiting));
  const floor = fresh ? null : await log.end();
  await database.batch([sql`insert into relayed values (${floor})`]);
  return floor;
};

export type Rebuilt = { events: number; took_ms: number };

/**
 * Builds a read model from the log beside the live one and lets it take its place. `publishing`: nobody projects meanwhile, so messages of
 * events that the live one has not seen are put in the outbox; without it the live projector goes on and publishes, and the switch waits
 * until it has seen everything that the new one has.
 */
export const rebuild = async (parts: ReadModelParts, { publishing, told }: { publishing: boolean; told: bigint | null }): Promise<Rebuilt> => {
  const { database, service, log, logger } = parts;
  const release = await holdRebuild(database, service);
  try {
    const { statements, hash } = await wantedShape(parts);
    const live = (await foundShape(database, service)) === null ? null : { position: await modelPosition(database) };
    const end = (await log.end()) ?? 0n;
    logger.info({ service, end: String(end) }, 'building the read model from the log');
    await create(database, `${service}_next`, statements, hash);
    const built = await buildBeside(parts, end, publishing, later(told, live?.position ?? null));
    if (!publishing) while (((await modelPosition(database)) ?? 0n) < built.position) await new Promise((resolve) => setTimeout(resolve, 50));
    await database.batch([...(live ? [raw(`lock table "${service}".checkpoint in access exclusive mode`), raw(`drop schema "${service}" cascade`)] : []),
      raw(`alter schema "${service}_next" rename to "${service}"`), raw('set local synchronous_commit = on')]);
    const { events, took_ms } = built;
    logger.info({ service, events, took_ms, events_per_s: Math.round((events * 1000) / Math.max(1, took_ms)) }, 'the read model is built');
    return { events, took_ms };
  } finally {
    await release();
  }
};

/** Two who build beside the same live model would build in the same place. */
const holdRebuild = async (database: Database, service: string): Promise<() => Promise<void>> => {
  for (;;) {
    const release = await database.lock(`rebuild ${service}`, () => {});
    if (release) return release;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

const buildBeside = async (parts: ReadModelParts, end: bigint, publishing: boolean, publishAfter: bigint | null): Promise<Rebuilt & { position: bigint }> => {
  const { service, url, log, logger, projections, owns, reveal } = parts;
  const beside = await openDatabase({ url, schema: `${service}_next`, privateSchema: `${service}_private`, tables: [] });
  const started = Date.now();
  let events = 0;
  let failure: Error | null = null;
  const projector = startProjector({ service, database: beside, log, projections, logger, live: false, reveal,
    publishAfter: publishing ? publishAfter : END_OF_TIME, owns, displaced: () => { failure = new Error('the read model that was being built was changed by another'); } }, null);
  projector.onProjected((batch) => { events += batch.events.length; });
  try {
    while (!(await projector.reached(end, 1_000))) {
      if (failure) throw failure;
      logger.info({ service, position: String(projector.position()), end: String(end) }, 'building the read model');
    }
    await projector.stop();
    return { events, took_ms: Date.now() - started, position: (await modelPosition(beside)) ?? 0n };
  } finally {
    await projector.stop();
    await beside.close();
  }
};
/** Nothing is told after it. */
const END_OF_TIME = 2n ** 63n - 1n;
