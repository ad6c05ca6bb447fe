import { apiTime, insert, madeAt, on, projection, remove, sql, update } from '@shotlog/kernel';
import { TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned, TaskUpdated } from './task.events.ts';
import { taskTable } from './task.table.ts';

/** Rows of `task`. A deleted task takes its comments and hours along. */
export const taskProjection = projection('task', [taskTable], [
  on(TaskCreated, (e) => insert(taskTable, { ...e.data, id: e.data.task_id, created_at: madeAt(e), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(TaskUpdated, (e) => update(taskTable, e.data.task_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
  on(TaskAssigned, (e) => sql`update task set assignees = array_append(array_remove(assignees, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid), assigner_id = ${e.data.assigner_id},
    updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.task_id}`),
  on(TaskUnassigned, (e) => sql`update task set assignees = array_remove(assignees, ${e.data.person_id}::uuid), updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.task_id}`),
  on(TaskDeleted, (e) => [
    remove(taskTable, e.data.task_id), sql`delete from comment where object_id = ${e.data.task_id}`, sql`delete from preview_of_comment where task_id = ${e.data.task_id}`,
    sql`delete from time_spent where task_id = ${e.data.task_id}`, sql`delete from production_schedule_version_task_link where task_id = ${e.data.task_id}`,
  ]),
]);
