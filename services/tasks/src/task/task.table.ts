import { common, f, table, type Shape } from '@shotlog/kernel';
import { taskFields } from './task.events.ts';

/** Tasks as lists show them; `assignees` are persons' ids in the order in which they were assigned. */
export const taskTable = table('task', { ...taskFields, assignees: f.uuids({ relation: true }), ...common },
  { indexes: ['project_id', 'entity_id', 'task_type_id, project_id'] });

export const taskShape: Shape = { table: taskTable, type: 'Task' };
