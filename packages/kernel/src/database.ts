import { createHash } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { DomainError } from './errors.ts';
import { entityOf, indexStatements, type Table } from './tables.ts';
import { isUnpreparable, Prepared, type Query } from './prepared.ts';
import { inline, type Statement } from './sql.ts';

/** What queries and `prepare` steps may ask of the service's own read model. */
export type Db = {
  /** All rows. */
  all<Row = Record<string, any>>(statement: Statement): Promise<Row[]>;
  /** The first row, or null. */
  one<Row = Record<string, any>>(statement: Statement): Promise<Row | null>;
  /** One text column named `text` of the first row: rendered JSON, mostly. */
  text(statement: Statement): Promise<string>;
  /** All rows, some hundreds at a time and only as fast as they are taken. Holds a connection until the reader ends or leaves. */
  parts<Row = Record<string, any>>(statement: Statement): AsyncIterable<Row[]>;
  /** Statements one after another in one transaction and one round trip. */
  batch(statements: Statement[]): Promise<void>;
};

export type Database = Db & {
  orm: MikroORM;
  schema: string;
  /** As `batch`; answers the rows of all statements, one after another. */
  rows(statements: Statement[]): Promise<Record<string, any>[]>;
  /** A dedicated connection that listens on a channel; answers how to stop. */
  listen(channel: string, heard: (payload: string) => void, lost: () => void): Promise<() => Promise<void>>;
  /** Tries to hold a session-wide advisory lock; null when another holds it. `lost` is called if the connection breaks. */
  lock(name: string, lost: () => void): Promise<(() => Promise<void>) | null>;
  close(): Promise<void>;
};

type Result = { rows: any[] };
type Client = {
  query(query: Query): Promise<Result | Result[]>;
  on(event: 'error' | 'notification', heard: (message: any) => void): void;
  removeAllListeners(event: string): void;
  release(destroy?: boolean): void;
};
type Pool = { connect(): Promise<Client>; options: { types: { setTypeParser(oid: number, parse: (text: string) => unknown): void } } };

const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMP = 1114;
/** Rows in JavaScript hold what the API shows: numbers, and times as `2024-03-04T10:00:00`. An integer beyond 2^53 stays a text. */
const likeTheApi = ({ options }: Pool): void => {
  options.types.setTypeParser(INT8, (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text));
  options.types.setTypeParser(NUMERIC, Number);
  options.types.setTypeParser(TIMESTAMP, (text) => text.replace(' ', 'T'));
};

const rowsOf = (result: Result | Result[]): any[] => (Array.isArray(result) ? result.flatMap((r) => r.rows) : result.rows);

/**
 * Opens a service's database: connections of its own role, with its read model's schema first on the search path and its
 * private schema (what is not derived from the log) behind it.
 * @throws Error naming the URL's host when it cannot be reached.
 */
export const openDatabase = async (options: { url: string; schema: string; tables: Table[]; privateSchema?: string; poolSize?: number }): Promise<Database> => {
  const path = `${options.schema},${options.privateSchema ?? `${options.schema}_private`}`;
  const orm = await MikroORM.init({
    clientUrl: options.url,
    entities: options.tables.map(entityOf),
    schema: options.schema,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: options.poolSize ?? 10 },
    driverOptions: {
      options: `-c search_path=${path} -c synchronous_commit=off -c timezone=UTC`, keepAlive: true,
    },
    // What breaks is told where it is noticed; the pool's own complaints would come twice.
    logger: () => {},
  } as any);
  const pool = await orm.em.getConnection().getNativeClient() as unknown as Pool;
  likeTheApi(pool);
  const execute = async (query: Query): Promise<any[]> => {
    const client = await pool.connect();
    try {
      return rowsOf(await client.query(query));
    } finally {
      client.release();
    }
  };
  const prepared = new Prepared();
  const run = async (statement: Statement): Promise<any[]> => {
    const query = prepared.query(statement);
    if (query === null) return execute(inline(statement));
    try {
      return await execute(query);
    } catch (error) {
      if (!isUnpreparable(error)) throw error;
      prepared.forget(query);
      return execute(inline(statement));
    }
  };
  // Several statements in one simple query are one transaction, rolled back by the server when one fails.
  const rows = async (statements: Statement[]) => (statements.length === 0 ? [] : execute(statements.map(inline).join(';\n')));
  return {
    orm,
    schema: options.schema,
    all: run,
    one: async (statement) => (await run(statement))[0] ?? null,
    text: async (statement) => (await run(statement))[0]?.text ?? '',
    rows,
    parts: (statement) => parts(pool, statement),
    batch: async (statements) => { await rows(statements); },
    listen: (channel, heard, lost) => listen(pool, channel, heard, lost),
    lock: (name, lost) => lock(pool, name, lost),
    close: () => orm.close(true),
  };
};

const PART = 500;
/** Reads by a cursor, whose plan is made for all rows and not for the first ones. */
async function* parts(pool: Pool, statement: Statement): AsyncGenerator<any[]> {
  const client = await pool.connect();
  let ended = false;
  try {
    await client.query(`begin read only; set local cursor_tuple_fraction = 1; declare part no scroll cursor for ${inline(statement)}`);
    for (let rows = [] as any[]; !ended; ended = rows.length < PART) {
      rows = rowsOf(await client.query(`fetch ${PART} from part`));
      if (rows.length > 0) yield rows;
    }
  } finally {
    // Who left in the middle has a transaction open: that connection goes back once it is over, or not at all.
    const over = await client.query('rollback').then(() => true, () => false);
    client.release(!over);
  }
}

/**
 * Keeps a connection out of the pool until it is given up or breaks; either way the pool gets its place back, once. `prepare` says whether
 * it is wanted at all; `lost` is told of breaks after that, the ones before it are errors.
 */
const reserve = async (pool: Pool, prepare: (client: Client) => Promise<boolean>, lost: () => void): Promise<(() => Promise<void>) | null> => {
  const client = await pool.connect();
  let over = false;
  let ready = false;
  const end = () => {
    over = true;
    client.removeAllListeners('error');
    client.on('error', () => {});
    client.release(true);
  };
  client.on('error', () => {
    if (over) return;
    end();
    if (ready) lost();
  });
  try {
    ready = await prepare(client);
    if (over) throw new DomainError('Unavailable', 'The connection to the database broke.');
  } finally {
    if (!ready && !over) end();
  }
  return ready ? async () => { if (!over) end(); } : null;
};

const listen = async (pool: Pool, channel: string, heard: (payload: string) => void, lost: () => void): Promise<() => Promise<void>> => {
  const stop = await reserve(pool, async (client) => {
    client.on('notification', (message: { payload?: string }) => heard(message.payload ?? ''));
    await client.query(`listen "${channel}"`);
    return true;
  }, lost);
  return stop!;
};

/** The key of an advisory lock that a name stands for. */
export const lockKey = (name: string): bigint => createHash('sha1').update(name).digest().readBigInt64BE(0);

const lock = (pool: Pool, name: string, lost: () => void) =>
  reserve(pool, async (client) => rowsOf(await client.query(`select pg_try_advisory_lock(${lockKey(name)}) as held`))[0].held, lost);

/** The statements that make a read model's tables, and a hash of them: another hash means another shape. */
export const shapeOf = async (database: Database, tables: Table[]): Promise<{ statements: string; hash: string }> => {
  const created = (await database.orm.schema.getCreateSchemaSQL({ wrap: false })).split('\n')
    .filter((line) => line.startsWith('create table')).join('\n');
  const statements = `${created}\n${tables.flatMap(indexStatements).join(';\n')};`;
  return { statements, hash: createHash('sha256').update(statements).digest('hex').slice(0, 16) };
};
