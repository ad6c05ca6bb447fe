import { entityFields } from '@shotlog/breakdown/entity/entity.events';
import { entityNeighbour } from '@shotlog/breakdown/entity/neighbour';
import { projectNeighbour } from '@shotlog/breakdown/project/neighbour';
import { department } from '@shotlog/auth/department/department';
import { f, insert, neighbour, on, projection, remove, sql, table, update, type Statement } from '@shotlog/kernel';
import { TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { timeSpent } from '@shotlog/tasks/time-spent/time-spent';
import { taskType } from '@shotlog/tasks/task-type/task-type';

const names = <T extends object>(fields: T) => Object.keys(fields) as (keyof T)[];
const tasksGone = (where: Statement): Statement[] => [
  sql`delete from task_person where task_id in (select id from task where ${where})`,
  sql`delete from time_spent where task_id in (select id from task where ${where})`,
  sql`delete from task where ${where}`,
];

/** Entities whole: the shots behind a quota are shown as they are. */
export const entities = entityNeighbour(names(entityFields), { indexes: ['project_id'], gone: (id) => tasksGone(sql`entity_id = ${id}`) });
export const projects = projectNeighbour(['name', 'fps'], { gone: (id) => [
  ...tasksGone(sql`project_id = ${id}`), sql`delete from budget_entry where project_id = ${id}`, sql`delete from budget where project_id = ${id}`,
] });
export const taskTypes = neighbour(taskType, ['name', 'department_id']);
export const departments = neighbour(department, ['name']);

/** What quotas need of tasks. Times are UTC. */
export const taskTable = table('task', { id: f.uuid(), project_id: f.uuid(), task_type_id: f.uuid(), entity_id: f.uuid(), real_start_date: f.time(), end_date: f.time(), done_date: f.time(), nb_drawings: f.integer() },
  { indexes: ['project_id, task_type_id', 'entity_id'] });
export const taskPersonTable = table('task_person', { task_id: f.uuid(), person_id: f.uuid() }, { primary: ['task_id', 'person_id'], indexes: ['person_id'] });
/** Hours of work, `duration` in minutes. */
export const timeSpents = neighbour(timeSpent, ['task_id', 'person_id', 'date', 'duration'], { indexes: ['task_id', 'person_id'] });

export const taskProjection = projection('task', [taskTable, taskPersonTable], [
  on(TaskCreated, (e) => [insert(taskTable, { ...e.data, id: e.data.task_id }), ...e.data.assignees.map((person_id: string) => insert(taskPersonTable, { task_id: e.data.task_id, person_id }))]),
  on(TaskUpdated, (e) => update(taskTable, e.data.task_id, e.data.changes)),
  on(TaskAssigned, (e) => insert(taskPersonTable, { task_id: e.data.task_id, person_id: e.data.person_id })),
  on(TaskUnassigned, (e) => sql`delete from task_person where task_id = ${e.data.task_id} and person_id = ${e.data.person_id}`),
  on(TaskDeleted, (e) => [sql`delete from task_person where task_id = ${e.data.task_id}`, sql`delete from time_spent where task_id = ${e.data.task_id}`, remove(taskTable, e.data.task_id)]),
]);
