import { entityEvents, KINDS } from '@shotlog/breakdown/entity/entity.events';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { f, insert, neighbour, on, PersonDeleted, projection, remove, sql, table, update, type Statement } from '@shotlog/kernel';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { timeSpent } from '@shotlog/tasks/time-spent/time-spent';
import { TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned } from '@shotlog/tasks/task/task.events';
import { lastPresence } from './presence/last-presence.ts';

/** Task types by department: a department with task types is not deleted. */
export const taskTypes = neighbour(taskType, ['department_id']);

const tasks = table('task', { id: f.uuid(), entity_id: f.uuid(), project_id: f.uuid() }, { indexes: ['entity_id', 'project_id'] });
const assignees = table('task_assignee', { task_id: f.uuid(), person_id: f.uuid() }, { primary: ['task_id', 'person_id'], indexes: ['person_id'] });
const hours = table('time_spent', { id: f.uuid(), person_id: f.uuid(), task_id: f.uuid(), date: f.date(), off_sheet: f.boolean() }, { indexes: ['person_id, date', 'task_id'] });

/** Tasks take along who worked on them, and the hours. */
const tasksGone = (where: Statement): Statement[] => [
  sql`delete from task_assignee where task_id in (select id from task where ${where})`, sql`delete from time_spent where task_id in (select id from task where ${where})`, sql`delete from task where ${where}`];

/** Who works on what, and has worked when: nobody with hours is deleted, and a person with work only by force. */
export const workProjection = projection('work', [tasks, assignees, hours], [
  on(TaskCreated, (e) => [insert(tasks, { id: e.data.task_id, entity_id: e.data.entity_id, project_id: e.data.project_id }),
    ...(e.data.assignees as string[]).map((person_id) => insert(assignees, { task_id: e.data.task_id, person_id }))]),
  on(TaskAssigned, (e) => insert(assignees, e.data)),
  on(TaskUnassigned, (e) => sql`delete from task_assignee where task_id = ${e.data.task_id} and person_id = ${e.data.person_id}`),
  on(TaskDeleted, (e) => tasksGone(sql`id = ${e.data.task_id}`)),
  ...KINDS.map((kind) => on(entityEvents[kind].deleted, (e) => tasksGone(sql`entity_id = ${e.data.entity_id}`))),
  on(projectEvents.deleted, (e) => tasksGone(sql`project_id = ${e.data.project_id}`)),
  on(PersonDeleted, (e) => sql`delete from task_assignee where person_id = ${e.data.person_id}`),
]);

const ofRow = (id: string) => sql`(select person_id from time_spent where id = ${id})`;

/** The last day of work is shown with the person. Hours that are taken out were no lie about being there. */
export const presenceProjection = projection('time_spent', [], [
  on(timeSpent.events.created, (e) => [insert(hours, { ...e.data, id: e.data.time_spent_id }), ...(e.data.off_sheet ? [] : [lastPresence(sql`${e.data.person_id}`)])]),
  on(timeSpent.events.updated, (e) => [update(hours, e.data.time_spent_id, e.data.changes), lastPresence(ofRow(e.data.time_spent_id))]),
  on(timeSpent.events.deleted, (e) => remove(hours, e.data.time_spent_id)),
]);
