import { command, Invalid, isId, oneText, rendered, route, selectList, sql, to, type Context, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { taskTypes } from '../neighbours.ts';
import { ProjectTaskTypeLinked, ProjectTaskTypeUnlinked } from './links.events.ts';
import { taskTypeLinkTable } from './project.projection.ts';
import { projectAnswer } from './project.queries.ts';
import { projectState, projectStream, type ProjectState } from './project.state.ts';
import { idsOf, known, live, openForChange, optionalId, Priority, teamRead } from './project.steps.ts';
import { Project, ProjectTaskTypeLink } from './project.answers.ts';
import { TaskType } from '@shotlog/tasks/task/task.answers';

type Link = { project_id: string; task_type_id: string; link_id: string; priority: number | null; replace: boolean };
const stream = (c: { project_id: string }) => projectStream(c.project_id);
const linkShape: Shape = { table: taskTypeLinkTable, type: 'ProjectTaskTypeLink' };

/** Events that make a production use a task type; one that it uses already keeps its priority unless it is to be replaced. */
export const taskTypeLinked = (state: ProjectState, { project_id, task_type_id, link_id, priority, replace }: Link) => {
  const now = live(state, project_id).task_types.get(task_type_id);
  if (now && (!replace || now.priority === priority)) return [];
  return [ProjectTaskTypeLinked({ project_id, task_type_id, link_id: now?.link_id ?? link_id, priority })];
};

const Body = z.object({ project_id: z.string(), task_type_id: z.string({ error: 'task_type_id is needed.' }), priority: Priority });
const prepared = (replace: boolean, fallback: number | null) => async (given: z.output<typeof Body>, context: Context): Promise<Link> => {
  const project_id = await openForChange(given.project_id, context);
  const task_type_id = await known(context, 'task_type', 'task type', given.task_type_id);
  return { project_id, task_type_id, link_id: context.moment.id('task type link'), priority: given.priority ?? fallback, replace };
};

/** Lets a production use a task type. */
export const addTaskType = command({
  subject: 'cmd.breakdown.add-project-task-type', schema: Body, state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: prepared(false, null), decide: (c: Link, state) => taskTypeLinked(state, c),
  answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});

/** The same with a priority that replaces the one there is; answers the link. */
export const linkTaskType = command({
  subject: 'cmd.breakdown.link-project-task-type', schema: Body, state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: prepared(true, 1), decide: (c: Link, state) => taskTypeLinked(state, c),
  answer: async (c, { db, caller }) => JSON.parse((await oneText(db, linkShape, caller, sql`t.project_id = ${c.project_id} and t.task_type_id = ${c.task_type_id}`, true))!),
});

/** Takes a task type out of a production; its tasks stay. */
export const removeTaskType = command({
  subject: 'cmd.breakdown.remove-project-task-type', schema: z.object({ project_id: z.string(), task_type_id: z.string() }), state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context) => ({ project_id: await openForChange(given.project_id, context), task_type_id: optionalId(given.task_type_id, 'task type') }),
  decide: (c, state) => (live(state, c.project_id).task_types.has(c.task_type_id) ? [ProjectTaskTypeUnlinked(c)] : []),
});

/** Gives the task types of a production priorities in the order given, from 1. Those that it does not use are passed over. */
export const reorderTaskTypes = command({
  subject: 'cmd.breakdown.reorder-project-task-types', schema: z.object({ project_id: z.string(), task_type_ids: z.array(z.string(), { error: 'task_type_ids is a list of ids.' }) }),
  state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context) => ({ project_id: await openForChange(given.project_id, context), task_type_ids: idsOf(given.task_type_ids, 'task_type_ids') }),
  decide: ({ project_id, task_type_ids }, state) => {
    const links = live(state, project_id).task_types;
    return task_type_ids.filter((id) => links.has(id)).flatMap((task_type_id, i) =>
      links.get(task_type_id)!.priority === i + 1 ? [] : [ProjectTaskTypeLinked({ project_id, task_type_id, link_id: links.get(task_type_id)!.link_id, priority: i + 1 })]);
  },
  answer: async ({ project_id, task_type_ids }, { db, caller }) => JSON.parse((await rendered(db, sql`select ${selectList(linkShape, caller, true)} from project_task_type_link t
    where t.project_id = ${project_id} and t.task_type_id = any(${`{${task_type_ids.join(',')}}`}::uuid[]) order by t.priority`)).text),
});

export const taskTypeLinkRoutes = [
  route({
    method: 'get', path: '/data/projects/{project_id}/settings/task-types', summary: 'List the task types that a production uses', answers: { 200: z.array(TaskType) }, ...teamRead((c, id) => rendered(c.db, sql`select ${selectList({ table: taskTypes.table, type: 'TaskType' }, c.caller, true)}
      from task_type t join project_task_type_link l on l.task_type_id = t.id where l.project_id = ${id} order by l.priority nulls last, lower(t.name)`)),
  }),
  route({ method: 'post', path: '/data/projects/{project_id}/settings/task-types', summary: 'Let a production use a task type', answers: { 201: Project }, command: addTaskType, status: 201 }),
  route({ method: 'delete', path: '/data/projects/{project_id}/settings/task-types/{task_type_id}', summary: 'Take a task type out of a production', command: removeTaskType, status: 204 }),
  route({ method: 'post', path: '/data/task-type-links', summary: 'Set the priority of a task type in a production', body: Body, answers: { 201: ProjectTaskTypeLink }, command: linkTaskType, status: 201, input: (request) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    if (!isId(body.project_id)) throw new Invalid('project_id is needed, an id.');
    return body;
  } }),
  route({ method: 'post', path: '/actions/projects/{project_id}/task-type-links/reorder', summary: 'Order the task types of a production', answers: { 200: z.array(ProjectTaskTypeLink) }, command: reorderTaskTypes, status: 200 }),
];
