import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { uuidText, type StoredEvent } from './events.ts';
import { isMetastream, metastreamOf, originalOf, parseStreamMetadata, type StreamMetadata } from './metadata.ts';

/** What is known of a stream without reading its events. */
export interface StreamState {
  /** Row of the stream; 0 as long as it has none. */
  row: number;
  /** Revision of the last event; -1 for none, `TOMBSTONE` when the stream was ended for good. */
  last: number;
  metadata: StreamMetadata;
}

type EventRow = [position: number, stream: string, revision: number, id: Uint8Array, type: string, contentType: string,
  data: Uint8Array, metadata: Uint8Array, created: number];

/** SQLite could not write (a full disk, an I/O error): nothing of the transaction is in the log. */
export class NotStored extends Error {}

const COLUMNS = `e.position, s.name, e.revision, e.id, e.type, e.content_type, e.data, e.metadata, e.created
  from events e join streams s on s.id = e.stream`;
const CACHED_STREAMS = 20_000;

const toEvent = ([position, stream, revision, id, type, contentType, data, metadata, created]: EventRow): StoredEvent =>
  ({ position, stream, revision, id, type, contentType, data, metadata, created });

const SCHEMA = `
  create table if not exists streams (id integer primary key, name text not null unique) strict;
  create table if not exists events (
    position integer primary key, stream integer not null, revision integer not null, id blob not null, type text not null,
    content_type text not null, created integer not null, metadata blob not null, data blob not null) strict;
  create unique index if not exists events_by_revision on events (stream, revision);
  create index if not exists events_by_id on events (stream, id);
  create table if not exists subscriptions (
    stream text not null, name text not null, settings text not null, checkpoint integer not null,
    primary key (stream, name)) strict, without rowid;`;

/**
 * The SQLite file: one writer, this process, which locks it; every commit is synced (WAL, synchronous=FULL).
 * All calls are synchronous, so no transaction is ever open between two turns of the event loop.
 */
export class Store {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #streams = new Map<string, StreamState>();
  #lastPosition: number;

  /** @throws when the file cannot be opened, is no database, or another process holds it. */
  constructor(file: string) {
    this.db = new DatabaseSync(file);
    this.db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    this.db.exec('pragma wal_autocheckpoint = 4000; pragma cache_size = -65536');
    this.db.exec(SCHEMA);
    this.#lastPosition = this.#value('select coalesce(max(position), 0) from events');
  }

  /** Position of the newest event; 0 while the log is empty. */
  get lastPosition() {
    return this.#lastPosition;
  }

  #prepare(sql: string) {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #rows<Row>(sql: string, ...parameters: (number | string | Uint8Array)[]) {
    return this.#prepare(sql).all(...parameters) as unknown as Row[];
  }

  #value(sql: string, ...parameters: (number | string | Uint8Array)[]) {
    return this.#rows<[number]>(sql, ...parameters)[0]?.[0] ?? 0;
  }

  #events(condition: string, ...parameters: (number | Uint8Array)[]) {
    return this.#rows<EventRow>(`select ${COLUMNS} ${condition}`, ...parameters).map(toEvent);
  }

  /** Up to `count` events of the whole log with `position >= from`, oldest first. */
  forwards(from: number, count: number) {
    return this.#events('where e.position >= ? order by e.position limit ?', from, count);
  }

  /** Up to `count` events of the whole log with `position < before`, newest first. */
  backwards(before: number, count: number) {
    return this.#events('where e.position < ? order by e.position desc limit ?', before, count);
  }

  /** Up to `count` events of a stream with `revision >= from`, oldest first. */
  streamForwards(row: number, from: number, count: number) {
    return this.#events('where e.stream = ? and e.revision >= ? order by e.revision limit ?', row, from, count);
  }

  /** Up to `count` events of a stream with `revision <= from`, newest first. */
  streamBackwards(row: number, from: number, count: number) {
    return this.#events('where e.stream = ? and e.revision <= ? order by e.revision desc limit ?', row, from, count);
  }

  /** The newest revision of the stream under which an event with this id stands. */
  revisionOf(row: number, id: Uint8Array): number | undefined {
    // Left to itself, SQLite would look through the whole stream in the order of its revisions.
    return this.#rows<[number]>(`select revision from events indexed by events_by_id
      where stream = ? and id = ? order by revision desc limit 1`, row, id)[0]?.[0];
  }

  /** Ids of `count` events of a stream from a revision on, as text. */
  ids(row: number, from: number, count: number) {
    return this.#rows<[Uint8Array]>(
      'select id from events where stream = ? and revision >= ? order by revision limit ?', row, from, count)
      .map(([id]) => uuidText(id));
  }

  stream(name: string): StreamState {
    const known = this.#streams.get(name);
    if (known) return known;
    const row = this.#value('select id from streams where name = ?', name);
    const last = row ? this.#rows<[number]>('select max(revision) from events where stream = ?', row)[0]?.[0] ?? -1 : -1;
    const state = { row, last, metadata: this.#metadataOf(name) };
    if (this.#streams.size >= CACHED_STREAMS) this.#streams.clear();
    this.#streams.set(name, state);
    return state;
  }

  #metadataOf(name: string): StreamMetadata {
    if (isMetastream(name)) return { maxCount: 1 };
    const row = this.#value('select id from streams where name = ?', metastreamOf(name));
    const [event] = row ? this.streamBackwards(row, Number.MAX_SAFE_INTEGER, 1) : [];
    return event ? parseStreamMetadata(event.data) : {};
  }

  /** Writes one event behind the last one. Only inside `transaction`. */
  insert(event: Omit<StoredEvent, 'position'>): StoredEvent {
    const state = this.stream(event.stream);
    if (!state.row) {
      this.#prepare('insert into streams (name) values (?)').run(event.stream);
      state.row = this.#value('select last_insert_rowid()');
    }
    const position = this.#lastPosition + 1;
    this.#prepare(`insert into events (position, stream, revision, id, type, content_type, created, metadata, data)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(position, state.row, event.revision, event.id, event.type,
      event.contentType, event.created, event.metadata, event.data);
    this.#lastPosition = position;
    state.last = event.revision;
    if (isMetastream(event.stream)) this.#streams.delete(originalOf(event.stream));
    return { ...event, position };
  }

  /**
   * Runs `work` and commits it, synced to disk, before it answers.
   * @throws {NotStored} when SQLite cannot write, or what `work` throws; then nothing of it was written.
   */
  transaction<T>(work: () => T): T {
    const before = this.#lastPosition;
    try {
      if (this.db.isTransaction) this.db.exec('rollback'); // the disk failed in the last one's rollback too
      this.db.exec('begin immediate');
      const result = work();
      this.db.exec('commit');
      return result;
    } catch (error) {
      this.#lastPosition = before;
      this.#streams.clear();
      if (this.db.isTransaction) this.db.exec('rollback');
      if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
      throw new NotStored(`The event log cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The persistent subscription groups. */
  subscriptions() {
    return this.#rows<[string, string, string, number]>('select stream, name, settings, checkpoint from subscriptions')
      .map(([stream, name, settings, checkpoint]) => ({ stream, name, settings, checkpoint }));
  }

  saveSubscription(stream: string, name: string, settings: string, checkpoint: number) {
    this.transaction(() => this.#prepare('insert or replace into subscriptions values (?, ?, ?, ?)')
      .run(stream, name, settings, checkpoint));
  }

  deleteSubscription(stream: string, name: string) {
    this.transaction(() => this.#prepare('delete from subscriptions where stream = ? and name = ?').run(stream, name));
  }

  saveCheckpoint(stream: string, name: string, checkpoint: number) {
    this.transaction(() => this.#prepare('update subscriptions set checkpoint = ? where stream = ? and name = ?')
      .run(checkpoint, stream, name));
  }

  /** Moves the WAL into the file and closes it. */
  close() {
    this.db.close();
  }
}
