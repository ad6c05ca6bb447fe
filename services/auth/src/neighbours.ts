import { f, insert, neighbour, on, PersonDeleted, projection, sql, table } from '@shotlog/kernel';
import { taskType } from '@shotlog/tasks/task-type/task-type';
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
