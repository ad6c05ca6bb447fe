import { apiTime, common, insert, madeAt, on, projection, remove, table, update, type Fields, type Projection, type Statement, type Table } from '@shotlog/kernel';
import { entityEvents, entityFields, KINDS } from './entity.events.ts';

/**
 * What another service keeps of entities of every kind: chosen fields, with the kind beside them, in a table `entity`. `gone` makes the
 * statements that take away what the service itself keeps of a deleted entity.
 */
export const entityNeighbour = (names: (keyof typeof entityFields)[], options: { indexes?: string[]; gone?: (entity_id: string) => Statement[] } = {}): { table: Table; projection: Projection } => {
  const chosen: Fields = Object.fromEntries(names.map((name) => [name, entityFields[name]]));
  const kept = table('entity', { ...chosen, kind: { kind: 'text' }, ...common }, { indexes: options.indexes ?? [] });
  return {
    table: kept,
    projection: projection('entity', [kept], KINDS.flatMap((kind) => [
      on(entityEvents[kind].created, (e) => insert(kept, { ...e.data, kind, id: e.data.entity_id, created_at: madeAt(e), updated_at: apiTime(e.metadata.at), log_position: e.position })),
      on(entityEvents[kind].updated, (e) => update(kept, e.data.entity_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
      on(entityEvents[kind].deleted, (e) => [remove(kept, e.data.entity_id), ...(options.gone?.(e.data.entity_id) ?? [])]),
    ])),
  };
};
