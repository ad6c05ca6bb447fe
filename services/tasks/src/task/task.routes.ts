import { bodySchema, flag, ids, route, to, type Request, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { assignPerson, assignTask, clearAssignation } from './assign.ts';
import { createEntityTasks, createTasks } from './create-tasks.ts';
import { deleteTask, deleteTasks, deleteTasksOfType } from './delete-tasks.ts';
import { fullTaskRoute } from './full-task.route.ts';
import { taskListRoutes } from './lists.routes.ts';
import { newTask } from './new-task.ts';
import { personTaskRoutes } from './person-tasks.routes.ts';
import { taskFields } from './task.events.ts';
import { ReviewBody, toReview } from './to-review.ts';
import { setPriority, updateTask } from './update-task.ts';
import { NewTask, Task, TaskInReview } from './task.answers.ts';

const Ids = z.array(z.guid());
const body = (r: Request) => (r.body ?? {}) as any;

/** `shots/create-tasks` and the like: the kind stands in the path. */
const createFor = (kind: string): Route => route({
  method: 'post', path: `/actions/projects/{project_id}/task-types/{task_type_id}/${kind}s/create-tasks`, summary: `Create a task of one type for each named ${kind}, or for all`, answers: { 201: z.array(NewTask) }, command: createTasks, access: kind === 'concept' ? to.teamStaff : undefined, status: 201, body: Ids,
  input: (r) => ({ project_id: r.params.project_id, task_type_id: r.params.task_type_id, kind, entity_ids: r.body }),
});

export const taskRoutes: Route[] = [
  ...['shot', 'asset', 'edit', 'concept'].map(createFor),
  route({ method: 'post', path: '/actions/projects/{project_id}/task-types/{task_type_id}/create-tasks/{entity_type}', summary: 'Create a task of one type for each named entity of a kind, or for all', answers: { 201: z.array(NewTask) }, command: createTasks,
    status: 201, body: Ids, input: (r) => ({ project_id: r.params.project_id, task_type_id: r.params.task_type_id, kind: (r.params.entity_type ?? '').toLowerCase(), entity_ids: r.body }) }),
  route({ method: 'post', path: '/data/entities/{entity_id}/tasks', summary: 'Create the tasks that an entity has not yet', answers: { 201: z.array(NewTask) }, command: createEntityTasks, status: 201, body: z.object({ task_type_ids: Ids.optional() }),
    input: (r) => ({ entity_id: r.params.entity_id, task_type_ids: body(r).task_type_ids }) }),
  route({ method: 'post', path: '/data/tasks', summary: 'Create a task', answers: { 201: Task }, command: newTask, status: 201, body: bodySchema(taskFields), input: (r) => ({ body: r.body }) }),
  route({ method: 'put', path: '/data/tasks/{instance_id}', summary: 'Update a task', answers: { 200: Task }, command: updateTask, status: 200, body: bodySchema(taskFields), input: (r) => ({ task_id: r.params.instance_id, body: r.body }) }),
  route({ method: 'delete', path: '/data/tasks/{instance_id}', summary: 'Delete a task', command: deleteTask, status: 204, query: { force: 'true: with its comments and hours' },
    input: (r) => ({ task_id: r.params.instance_id, force: flag(r.search, 'force') }) }),
  route({ method: 'post', path: '/actions/projects/{project_id}/delete-tasks', summary: 'Delete many tasks of a production', answers: { 200: ids }, command: deleteTasks, status: 200, body: Ids,
    input: (r) => ({ project_id: r.params.project_id, task_ids: r.body }) }),
  route({ method: 'delete', path: '/actions/projects/{project_id}/task-types/{task_type_id}/delete-tasks', summary: 'Delete every task of one type in a production', command: deleteTasksOfType, status: 204,
    input: (r) => ({ project_id: r.params.project_id, task_type_id: r.params.task_type_id }) }),
  route({ method: 'put', path: '/actions/tasks/{task_id}/assign', summary: 'Assign a person to a task', answers: { 200: Task }, command: assignTask, status: 200, body: z.object({ person_id: z.guid() }),
    input: (r) => ({ task_id: r.params.task_id, person_id: body(r).person_id }) }),
  route({ method: 'put', path: '/actions/persons/{person_id}/assign', summary: 'Assign a person to many tasks', answers: { 200: z.array(Task) }, command: assignPerson, status: 200, body: z.object({ task_ids: Ids }),
    input: (r) => ({ person_id: r.params.person_id, task_ids: body(r).task_ids }) }),
  route({ method: 'put', path: '/actions/tasks/clear-assignation', summary: 'Take a person, or everybody, off many tasks', answers: { 200: ids }, command: clearAssignation, status: 200, body: z.object({ task_ids: Ids, person_id: z.guid().optional() }),
    input: (r) => ({ task_ids: body(r).task_ids, person_id: body(r).person_id }) }),
  route({ method: 'put', path: '/actions/tasks/set-priority', summary: 'Set the priority of many tasks', answers: { 200: z.array(Task) }, command: setPriority, status: 200, body: z.object({ task_ids: Ids, priority: z.number() }),
    input: (r) => ({ task_ids: body(r).task_ids, priority: body(r).priority }) }),
  route({ method: 'put', path: '/actions/tasks/{task_id}/to-review', summary: 'Hand a task over for review', body: ReviewBody, answers: { 200: TaskInReview }, command: toReview, status: 200, input: (r) => ({ task_id: r.params.task_id, body: r.body }) }),
  ...personTaskRoutes, fullTaskRoute, ...taskListRoutes,
];
