import type { z } from 'zod';

/** What stands beside each event's data in the log. Times are ISO 8601 in UTC with microseconds. */
export type Metadata = {
  /** When the command was decided; strictly increasing within a process, so it orders what one service did. */
  at: string;
  /** The person (or bot) who asked; null for what the system does by itself. */
  actor: string | null;
  project_id: string | null;
  correlation_id: string;
  causation_id: string | null;
  /** The command that the event comes from; the same for a command that is sent again with its Idempotency-Key. */
  command_id: string;
  version: number;
  /** Set for an event that was written while data was brought over or made at first start: it is not published. */
  silent?: boolean;
};

/** A fact as deciders answer it, before it stands in the log. */
export type NewEvent<Type extends string = string, Data = any> = { type: Type; version: number; data: Data };

/** A fact as projections see it: read from the log, upcast to its newest version. `position` is the log's commit position. */
export type Recorded<Type extends string = string, Data = any> = {
  id: string; type: Type; data: Data; stream: string; revision: number; position: bigint; metadata: Metadata;
};

/** One message for the integrators: the subject is the name that the Kitsu world knows, the payload its documented keys. */
export type Publication = { name: string; payload: Record<string, unknown> };

export type EventDefinition<Type extends string = any, Data = any> = {
  (data: Data): NewEvent<Type, Data>;
  readonly eventType: Type;
  readonly version: number;
  readonly schema: z.ZodType<Data>;
  readonly upcast: Record<number, (data: any) => unknown>;
  readonly publish: ((event: Recorded<Type, Data>) => Publication[]) | null;
};

type Options<Type extends string, Data> = {
  /** `upcast[n]` turns data of version n into data of version n + 1. */
  upcast?: Record<number, (data: any) => unknown>;
  /** What is told on NATS once the owner's read model has the event. */
  publish?: (event: Recorded<Type, Data>) => Publication[];
};

/** Every event type that any service writes, by name: two definitions of one name are refused. */
export const catalogue = new Map<string, EventDefinition>();

/** Declares a fact: past tense, with the schema of its newest version. */
export const event = <const Type extends string, Schema extends z.ZodType>(
  type: Type, version: number, schema: Schema, options: Options<Type, z.output<Schema>> = {},
): EventDefinition<Type, z.output<Schema>> => {
  if (catalogue.has(type)) throw new Error(`event type ${type} is declared twice`);
  const definition = Object.assign((data: z.output<Schema>) => ({ type, version, data }), {
    eventType: type, version, schema, upcast: options.upcast ?? {}, publish: options.publish ?? null,
  }) as unknown as EventDefinition<Type, z.output<Schema>>;
  catalogue.set(type, definition as unknown as EventDefinition);
  return definition;
};

/** The union of what the definitions make: `EventOf<typeof TaskCreated | typeof TaskDeleted>`. */
export type EventOf<D> = D extends EventDefinition<infer Type, infer Data> ? NewEvent<Type, Data> : never;

/** Data of an older version, brought to the newest one. A version newer than ours is left as it is. */
export const upcast = (type: string, version: number, data: unknown): unknown => {
  const definition = catalogue.get(type);
  if (!definition) return data;
  let now = data;
  for (let v = version; v < definition.version; v++) now = definition.upcast[v]?.(now) ?? now;
  return now;
};
