import { apiTime, common, insert, on, projection, remove, table, update, type Fields, type Projection, type Statement, type Table } from '@shotlog/kernel';
import { projectEvents, projectFields } from './project.fields.ts';

/**
 * What another service keeps of productions: chosen fields in a table `project`. `gone` makes the statements that take away what the
 * service itself keeps of a deleted production.
 */
export const projectNeighbour = (names: (keyof typeof projectFields)[], options: { indexes?: string[]; gone?: (project_id: string) => Statement[] } = {}): { table: Table; projection: Projection } => {
  const chosen: Fields = Object.fromEntries(names.map((name) => [name, projectFields[name]]));
  const kept = table('project', { ...chosen, ...common }, { indexes: options.indexes ?? [] });
  return {
    table: kept,
    projection: projection('project', [kept], [
      on(projectEvents.created, (e) => insert(kept, { ...e.data, id: e.data.project_id, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
      on(projectEvents.updated, (e) => update(kept, e.data.project_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
      on(projectEvents.deleted, (e) => [remove(kept, e.data.project_id), ...(options.gone?.(e.data.project_id) ?? [])]),
    ]),
  };
};
