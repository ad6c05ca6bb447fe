import type { Fields } from './fields.ts';
import { resourceProjection, type Resource } from './resource.ts';
import type { Projection } from './projection.ts';
import { common, table, type Table } from './tables.ts';

/**
 * What a service keeps of a neighbour's plain thing: chosen fields, projected from the neighbour's events into a table of its own
 * (`neighbour(taskType, ['name', 'color'])`), in the transaction of its own checkpoint.
 */
export const neighbour = (of: Pick<Resource, 'name' | 'idKey' | 'events' | 'table'>, names: string[], options: { indexes?: string[] } = {}): { table: Table; projection: Projection } => {
  const chosen: Fields = Object.fromEntries(names.map((name) => [name, of.table.fields[name]!]));
  const kept = table(of.name, { ...chosen, ...common }, { indexes: options.indexes });
  return { table: kept, projection: resourceProjection({ idKey: of.idKey, table: kept, events: of.events }) };
};
