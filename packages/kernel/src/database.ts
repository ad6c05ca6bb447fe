import { createHash } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { entityOf, indexStatements, type Table } from './tables.ts';
import { inline, type Statement } from './sql.ts';

/** What queries and `prepare` steps may ask of the service's own read model. */
export type Db = {
  /** All rows. */
  all<Row = Record<string, any>>(statement: Statement): Promise<Row[]>;
  /** The first row, or null. */
  one<Row = Record<string, any>>(statement: Statement): Promise<Row | null>;
  /** One text column named `text` of the first row: rendered JSON, mostly. */
  text(statement: Statement): Promise<string>;
  /** Statements one after another in one transaction and one round trip. */
  batch(statements: Statement[]): Promise<void>;
};

export type Database = Db & {
  orm: MikroORM;
  schema: string;
  /** A dedicated connection that listens on a channel; answers how to stop. */
  listen(channel: string, heard: (payload: string) => void, lost: () => void): Promise<() => Promise<void>>;
  /** Tries to hold a session-wide advisory lock; null when another holds it. `lost` is called if the connection breaks. */
  lock(name: string, lost: () => void): Promise<(() => Promise<void>) | null>;
  close(): Promise<void>;
};

type RawPool = { connect(): Promise<any> };

/**
 * Opens a service's database: connections of its own role, with its read model's schema first on the search path and its
 * private schema (what is not derived from the log) behind it.
 * @throws Error naming the URL's host when it cannot be reached.
 */
export const openDatabase = async (options: { url: string; schema: string; tables: Table[]; poolSize?: number }): Promise<Database> => {
  let pool!: RawPool;
  const orm = await MikroORM.init({
    clientUrl: options.url,
    entities: options.tables.map(entityOf),
    schema: options.schema,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: options.poolSize ?? 8 },
    driverOptions: { onPoolCreated: (created: RawPool) => { pool = created; }, options: `-c search_path=${options.schema},${options.schema}_private -c synchronous_commit=off -c timezone=UTC` },
  } as any);
  const execute = (text: string, params: unknown[]) => orm.em.getConnection().execute(text, params as any[], 'all') as Promise<any[]>;
  const run = ({ text, params }: Statement) => execute(text, params);
  return {
    orm,
    schema: options.schema,
    all: run,
    one: async (statement) => (await run(statement))[0] ?? null,
    text: async (statement) => (await run(statement))[0]?.text ?? '',
    batch: async (statements) => {
      // Several statements in one simple query are one transaction, rolled back by the server when one fails.
      if (statements.length > 0) await execute(statements.map(inline).join(';\n'), []);
    },
    listen: (channel, heard, lost) => listen(pool, channel, heard, lost),
    lock: (name, lost) => lock(pool, name, lost),
    close: () => orm.close(true),
  };
};

const listen = async (pool: RawPool, channel: string, heard: (payload: string) => void, lost: () => void) => {
  const client = await pool.connect();
  client.on('notification', (message: { payload?: string }) => heard(message.payload ?? ''));
  client.on('error', lost);
  await client.query(`listen "${channel}"`);
  return async () => {
    client.removeAllListeners('error');
    client.on('error', () => {});
    client.release(true);
  };
};

const lock = async (pool: RawPool, name: string, lost: () => void) => {
  const client = await pool.connect();
  const key = createHash('sha1').update(name).digest().readBigInt64BE(0).toString();
  const { rows } = await client.query(`select pg_try_advisory_lock(${key}) as held`);
  if (!rows[0].held) {
    client.release();
    return null;
  }
  client.on('error', lost);
  return async () => {
    client.removeAllListeners('error');
    client.on('error', () => {});
    client.release(true);
  };
};

/** The statements that make a read model's tables, and a hash of them: another hash means another shape. */
export const shapeOf = async (database: Database, tables: Table[]): Promise<{ statements: string; hash: string }> => {
  const created = (await database.orm.schema.getCreateSchemaSQL({ wrap: false })).split('\n')
    .filter((line) => line.startsWith('create table')).join('\n');
  const statements = `${created}\n${tables.flatMap(indexStatements).join(';\n')};`;
  return { statements, hash: createHash('sha256').update(statements).digest('hex').slice(0, 16) };
};
