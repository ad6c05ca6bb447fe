import { f, insert, neighbour, on, PersonDeleted, projection, remove, sql, table, update } from '@shotlog/kernel';
import { lastPresence } from './presence/last-presence.ts';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { timeSpent } from '@shotlog/tasks/time-spent/time-spent';
import { TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned } from '@shotlog/tasks/task/task.events';

/** Task types by department: a department with task types is not deleted. */
export const taskTypes = neighbour(taskType, ['department_id']);

const taskAssignee = table('task_assignee', { task_id: f.uuid(), person_id: f.uuid() }, { primary: ['task_id', 'person_id'], indexes: ['person_id'] });

/** Who works on what: a person with work is deleted only by force. */
export const assigneeProjection = projection('task_assignee', [taskAssignee], [
  on(TaskCreated, (e) => (e.data.assignees as string[]).map((person_id) => insert(taskAssignee, { task_id: e.data.task_id, person_id }))),
  on(TaskAssigned, (e) => insert(taskAssignee, e.data)),
  on(TaskUnassigned, (e) => sql`delete from task_assignee where task_id = ${e.data.task_id} and person_id = ${e.data.person_id}`),
  on(TaskDeleted, (e) => sql`delete from task_assignee where task_id = ${e.data.task_id}`),
  on(PersonDeleted, (e) => sql`delete from task_assignee where person_id = ${e.data.person_id}`),
]);

const timeSpentTable = table('time_spent', { id: f.uuid(), person_id: f.uuid(), date: f.date() }, { indexes: ['person_id, date'] });
const ofRow = (id: string) => sql`(select person_id from time_spent where id = ${id})`;

/** Who has worked when: the last day is shown with the person, and nobody with hours is deleted. */
export const presenceProjection = projection('time_spent', [timeSpentTable], [
  on(timeSpent.events.created, (e) => [insert(timeSpentTable, { id: e.data.time_spent_id, person_id: e.data.person_id, date: e.data.date }), lastPresence(sql`${e.data.person_id}`)]),
  on(timeSpent.events.updated, (e) => [update(timeSpentTable, e.data.time_spent_id, e.data.changes), lastPresence(ofRow(e.data.time_spent_id))]),
  on(timeSpent.events.deleted, (e) => [
    lastPresence(ofRow(e.data.time_spent_id), e.data.time_spent_id),
    remove(timeSpentTable, e.data.time_spent_id)]),
]);
