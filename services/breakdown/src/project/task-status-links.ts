import { command, Invalid, isId, oneText, rendered, ROLES, route, selectList, sql, to, type Context, type Role, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { taskStatuses } from '../neighbours.ts';
import { DEFAULT_BOARD_ROLES, ProjectTaskStatusLinked, ProjectTaskStatusUnlinked } from './links.events.ts';
import { taskStatusLinkTable } from './project.projection.ts';
import { projectAnswer } from './project.queries.ts';
import { projectState, projectStream, type ProjectState } from './project.state.ts';
import { idsOf, known, live, openForChange, optionalId, Priority, teamRead } from './project.steps.ts';
import { Project, ProjectTaskStatusLink } from './project.answers.ts';
import { TaskStatus } from '@shotlog/tasks/task/task.answers';

/** Undefined keeps what there is. */
type Link = { project_id: string; task_status_id: string; link_id: string; priority?: number | null | undefined; roles_for_board?: readonly Role[] | null | undefined; replace: boolean };
const stream = (c: { project_id: string }) => projectStream(c.project_id);
const linkShape: Shape = { table: taskStatusLinkTable, type: 'ProjectTaskStatusLink' };

/** Events that make a production use a task status; one that it uses already changes only where it is to be replaced. */
export const taskStatusLinked = (state: ProjectState, { project_id, task_status_id, link_id, priority, roles_for_board, replace }: Link) => {
  const now = live(state, project_id).task_statuses.get(task_status_id);
  if (now && !replace) return [];
  const wanted = { priority: priority === undefined ? (now?.priority ?? null) : priority, roles_for_board: [...(roles_for_board ?? now?.roles_for_board ?? DEFAULT_BOARD_ROLES)] };
  if (now && now.priority === wanted.priority && now.roles_for_board.join() === wanted.roles_for_board.join()) return [];
  return [ProjectTaskStatusLinked({ project_id, task_status_id, link_id: now?.link_id ?? link_id, ...wanted })];
};

const Body = z.object({ project_id: z.string(), task_status_id: z.string({ error: 'task_status_id is needed.' }), priority: Priority, roles_for_board: z.array(z.enum(ROLES)).nullable().optional() });
const prepared = (replace: boolean) => async (given: z.output<typeof Body>, context: Context): Promise<Link> => {
  const project_id = await openForChange(given.project_id, context);
  const task_status_id = await known(context, 'task_status', 'task status', given.task_status_id);
  return { project_id, task_status_id, link_id: context.moment.id('task status link'), priority: given.priority, roles_for_board: given.roles_for_board, replace };
};

/** Lets a production use a task status. */
export const addTaskStatus = command({
  subject: 'cmd.breakdown.add-project-task-status', schema: Body, state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: prepared(false), decide: (c: Link, state) => taskStatusLinked(state, c),
  answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});

/** The same with priority and roles that replace the ones there are; answers the link. */
export const linkTaskStatus = command({
  subject: 'cmd.breakdown.link-project-task-status', schema: Body, state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: prepared(true), decide: (c: Link, state) => taskStatusLinked(state, c),
  answer: async (c, { db, caller }) => JSON.parse((await oneText(db, linkShape, caller, sql`t.project_id = ${c.project_id} and t.task_status_id = ${c.task_status_id}`, true))!),
});

/** Takes a task status out of a production; tasks that have it keep it. */
export const removeTaskStatus = command({
  subject: 'cmd.breakdown.remove-project-task-status', schema: z.object({ project_id: z.string(), task_status_id: z.string() }), state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context) => ({ project_id: await openForChange(given.project_id, context), task_status_id: optionalId(given.task_status_id, 'task status') }),
  decide: (c, state) => (live(state, c.project_id).task_statuses.has(c.task_status_id) ? [ProjectTaskStatusUnlinked(c)] : []),
});

/** Gives the task statuses of a production priorities in the order given, from 1. */
export const reorderTaskStatuses = command({
  subject: 'cmd.breakdown.reorder-project-task-statuses', schema: z.object({ project_id: z.string(), task_status_ids: z.array(z.string(), { error: 'task_status_ids is a list of ids.' }) }),
  state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context) => ({ project_id: await openForChange(given.project_id, context), task_status_ids: idsOf(given.task_status_ids, 'task_status_ids') }),
  decide: ({ project_id, task_status_ids }, state) => {
    const links = live(state, project_id).task_statuses;
    return task_status_ids.filter((id) => links.has(id)).flatMap((task_status_id, i) =>
      taskStatusLinked(state, { project_id, task_status_id, link_id: links.get(task_status_id)!.link_id, priority: i + 1, replace: true }));
  },
  answer: async ({ project_id, task_status_ids }, { db, caller }) => JSON.parse((await rendered(db, sql`select ${selectList(linkShape, caller, true)} from project_task_status_link t
    where t.project_id = ${project_id} and t.task_status_id = any(${`{${task_status_ids.join(',')}}`}::uuid[]) order by t.priority`)).text),
});

const settings = '/data/projects/{project_id}/settings/task-status';
export const taskStatusLinkRoutes = [
  route({
    method: 'get', path: settings, summary: 'List the task statuses that a production uses', answers: { 200: z.array(TaskStatus) }, ...teamRead((c, id) => rendered(c.db, sql`select ${selectList({ table: taskStatuses.table, type: 'TaskStatus' }, c.caller, true)}
      from task_status t join project_task_status_link l on l.task_status_id = t.id where l.project_id = ${id} order by l.priority nulls last, lower(t.name)`)),
  }),
  route({ method: 'post', path: settings, summary: 'Let a production use a task status', answers: { 201: Project }, command: addTaskStatus, status: 201 }),
  route({ method: 'delete', path: `${settings}/{task_status_id}`, summary: 'Take a task status out of a production', command: removeTaskStatus, status: 204 }),
  route({ method: 'post', path: '/data/task-status-links', summary: 'Set priority and board roles of a task status in a production', body: Body, answers: { 201: ProjectTaskStatusLink }, command: linkTaskStatus, status: 201, input: (request) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    if (!isId(body.project_id)) throw new Invalid('project_id is needed, an id.');
    return body;
  } }),
  route({ method: 'post', path: '/actions/projects/{project_id}/task-status-links/reorder', summary: 'Order the task statuses of a production', answers: { 200: z.array(ProjectTaskStatusLink) }, command: reorderTaskStatuses, status: 200 }),
];
