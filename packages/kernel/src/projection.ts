import type { EventDefinition, Publication, Recorded } from './event.ts';
import { join, json, sql, type Statement } from './sql.ts';
import type { Table } from './tables.ts';

type Handler = (event: Recorded) => Statement | Statement[] | null;

/**
 * How events become rows: pure functions from an event to statements, by event type. `functions`: SQL that makes functions beside the
 * tables, for statements whose planning would take longer than their work.
 */
export type Projection = { name: string; tables: Table[]; handlers: Map<string, Handler>; functions?: string };

type HandlerFor<D> = D extends EventDefinition<infer Type, infer Data> ? [D, (event: Recorded<Type, Data>) => Statement | Statement[] | null] : never;

/** One line of a projection: `on(TaskCreated, (e) => insert(taskTable, …))`. */
export const on = <D extends EventDefinition>(definition: D, handler: D extends EventDefinition<infer T, infer Data> ? (event: Recorded<T, Data>) => Statement | Statement[] | null : never) =>
  [definition, handler] as unknown as HandlerFor<D>;

/**
 * Declares a projection. Its statements run in the transaction that moves the checkpoint, many events in one round trip, so
 * they must not ask anything of JavaScript: what must be looked up is looked up in SQL.
 */
export const projection = (name: string, tables: Table[], lines: (readonly [EventDefinition, any])[], functions?: string): Projection =>
  ({ name, tables, handlers: new Map(lines.map(([definition, handler]) => [definition.eventType, handler as Handler])), functions });

/** Has the same handler for every event type there is. */
class Everything extends Map<string, Handler> {
  readonly #handler: Handler;
  constructor(handler: Handler) {
    super();
    this.#handler = handler;
  }
  override get(): Handler { return this.#handler; }
  override has(): boolean { return true; }
}

/** A projection of every event of every service, for what is kept about all of them. Events of unknown types never reach it. */
export const projectionOfAll = (name: string, tables: Table[], handler: Handler): Projection => ({ name, tables, handlers: new Everything(handler) });

/**
 * Messages for the integrators as a statement, for what only the read model knows. `payload` may be SQL that answers jsonb.
 * Messages of an event's own declaration (`publish`) need no statement.
 */
export const publication = (event: Recorded, ...messages: Publication[]): Statement =>
  sql`insert into outbox (position, name, payload, event_id) values ${join(messages.map(({ name, payload }) => sql`(${event.position}, ${name}, ${json(payload)}, ${event.id})`))}`;

/** Messages made by a query that answers (name text, payload jsonb); each row is published. */
export const publications = (event: Recorded, query: Statement): Statement =>
  sql`insert into outbox (position, name, payload, event_id) select ${event.position}::bigint, q.name, q.payload, ${event.id}::uuid from (${query}) q`;
