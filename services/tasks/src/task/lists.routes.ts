import { allow, Invalid, isId, join, list, listed, NotFound, oneText, only, pageOf, pathId, raw, rendered, renderedLong, Rendered, route, selectList, sql, to, wantsRelations, type Audience, type Caller, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { taskType } from '../task-type/task-type.ts';
import { maySeeTask, visibleTasks } from './task.policy.ts';
import { existingEntity, existingProject, existingTask, existingTaskType } from './task.queries.ts';
import { taskShape } from './task.table.ts';
import { NamedTask, Task, TaskType } from './task.answers.ts';
import { z } from 'zod';

const isVendorIn = (caller: Caller, project_id: string) => !caller.isAdmin && caller.roleIn(project_id) === 'vendor';
const project = async (c: QueryContext): Promise<string> => {
  const id = pathId(c.request, 'project_id');
  await existingProject(c.db, id);
  only.team(c.caller, id);
  return id;
};
/** What the team of a production sees alike by role; vendors each their own. */
/** Keeps what depends on one production: for each vendor apart. */
export const keepOf = (c: QueryContext, project_id: string): void => c.keep([project_id], isVendorIn(c.caller, project_id) ? 'person' : 'role');

/** Tasks of an episode: of itself, of its sequences and their shots, of its assets and edits. */
const ofEpisode = (id: string): Statement =>
  sql`exists (select 1 from entity e left join entity q on q.id = e.parent_id where e.id = t.entity_id and (e.source_id = ${id} or e.parent_id = ${id} or q.parent_id = ${id} or e.id = ${id}))`;
const idOf = (search: URLSearchParams, name: string): string | null => {
  const id = search.get(name);
  if (id && !isId(id)) throw new Invalid(`${name} must be an id.`);
  return id || null;
};

const listTasks = route({
  method: 'get', path: '/data/tasks', summary: 'List the tasks that you may see', answers: { 200: listed(Task) }, access: to.team.but({ vendor: 'filtered' }).listed, query: { episode_id: 'Only of entities of this episode' },
  ask: (c) => {
    const project_id = c.request.search.getAll('project_id');
    if (project_id.length === 1 && isId(project_id[0]) && c.caller.isIn(project_id[0])) keepOf(c, project_id[0].toLowerCase());
    const episode_id = idOf(c.request.search, 'episode_id');
    const scope = [visibleTasks(c.caller), episode_id && ofEpisode(episode_id)].filter((s) => s !== null);
    return list({ shape: taskShape, db: c.db, caller: c.caller, request: c.request, scope: scope.length > 0 ? join(scope as Statement[], ' and ') : null });
  },
});

const oneTask = route({
  method: 'get', path: '/data/tasks/{instance_id}', summary: 'Get one task', answers: { 200: Task }, access: to.team.but({ vendor: 'filtered' }),
  ask: async (c) => {
    const task = await existingTask(c.db, pathId(c.request, 'instance_id', 400));
    maySeeTask(c.caller, task as any);
    keepOf(c, task.project_id);
    return new Rendered((await oneText(c.db, taskShape, c.caller, sql`t.id = ${task.id}`, wantsRelations(c.request)))!);
  },
});

const projectTasks = route({
  method: 'get', path: '/data/projects/{project_id}/tasks', summary: 'List the tasks of a production', answers: { 200: listed(Task) }, access: to.team.but({ vendor: 'filtered' }),
  query: { task_type_id: 'Only of this type', episode_id: 'Only of entities of this episode', page: 'The page, from 1', limit: 'Tasks on a page, 100 when nobody says' },
  ask: async (c) => {
    const project_id = await project(c);
    const { search } = c.request;
    const where: Statement[] = [sql`t.project_id = ${project_id}`];
    const visible = visibleTasks(c.caller);
    if (visible) where.push(visible);
    const [task_type_id, episode_id] = [idOf(search, 'task_type_id'), idOf(search, 'episode_id')];
    if (task_type_id) where.push(sql`t.task_type_id = ${task_type_id}`);
    if (episode_id) where.push(ofEpisode(episode_id));
    keepOf(c, project_id);
    const scope = join(where, ' and ');
    if (pageOf(search) === null) return renderedLong(c.db, sql`select ${selectList(taskShape, c.caller, true)} from task t where ${scope} order by t.log_position`);
    const paged = new URLSearchParams([...search].filter(([name]) => name === 'page' || name === 'limit'));
    return list({ shape: taskShape, db: c.db, caller: c.caller, request: { ...c.request, search: paged }, scope, relations: true });
  },
});

const KIND_ROUTES = ['asset', 'shot', 'sequence', 'episode', 'scene', 'edit', 'concept'] as const;
type Kind = (typeof KIND_ROUTES)[number];
const entityOf = async (c: QueryContext, kind: Kind): Promise<Record<string, any>> => {
  const entity = await existingEntity(c.db, pathId(c.request, `${kind}_id`));
  if (entity.kind !== kind) throw new NotFound(kind, entity.id);
  return entity;
};
/** The same, for those who may see its tasks: the team, of a concept without clients. */
const visibleEntity = async (c: QueryContext, kind: Kind): Promise<Record<string, any>> => {
  const entity = await entityOf(c, kind);
  only.team(c.caller, entity.project_id);
  allow(kind !== 'concept' || c.caller.roleIn(entity.project_id) !== 'client');
  await allowVendor(c, entity);
  return entity;
};
/** A vendor sees an entity that has work for them, and no other. */
export const allowVendor = async (c: QueryContext, entity: Record<string, any>): Promise<void> => {
  if (!isVendorIn(c.caller, entity.project_id)) return;
  allow(!!(await c.db.one(sql`select 1 from task where entity_id = ${entity.id} and ${c.caller.id}::uuid = any(assignees)`)));
};
/** The task types of an episode and of a sequence are those of its shots. */
const withTypesOf = ({ id, kind }: Record<string, any>): Statement => kind === 'episode'
  ? sql`t.entity_id in (select h.id from entity h join entity q on q.id = h.parent_id where q.parent_id = ${id} and h.kind = 'shot')`
  : kind === 'sequence' ? sql`t.entity_id in (select h.id from entity h where h.parent_id = ${id} and h.kind = 'shot')` : sql`t.entity_id = ${id}`;
const taskTypesOf = (c: QueryContext, where: Statement): Statement => sql`select ${selectList(taskType.shape, c.caller, false)} from task_type t where ${where} order by t.priority, t.name`;

const NAMES = raw(`(select e.name from entity e where e.id = t.entity_id) as entity_name, (select k.name from entity_type k join entity e on e.entity_type_id = k.id where e.id = t.entity_id) as entity_type_name,
  (select j.name from project j where j.id = t.project_id) as project_name, (select s.name from task_status s where s.id = t.task_status_id) as task_status_name, (select y.name from task_type y where y.id = t.task_type_id) as task_type_name`);

const readers = (kind: Kind): Audience => to.team.but({ vendor: 'filtered', ...(kind === 'concept' ? { client: 'refused' } : {}) });
const kindRoutes = (kind: Kind): Route[] => [
  route({
    method: 'get', path: `/data/${kind}s/{${kind}_id}/tasks`, summary: `List the tasks of one ${kind}`, answers: { 200: z.array(NamedTask) }, access: readers(kind), query: { relations: 'false leaves the assignees out' },
    ask: async (c) => {
      const entity = await visibleEntity(c, kind);
      keepOf(c, entity.project_id);
      return rendered(c.db, sql`select ${selectList(taskShape, c.caller, wantsRelations(c.request, false))}, ${NAMES} from task t where t.entity_id = ${entity.id} and ${visibleTasks(c.caller) ?? raw('true')} order by t.log_position`);
    },
  }),
  route({
    method: 'get', path: `/data/${kind}s/{${kind}_id}/task-types`, summary: `List the types of the tasks of one ${kind}`, answers: { 200: z.array(TaskType) }, access: readers(kind),
    ask: async (c) => {
      const entity = await visibleEntity(c, kind);
      keepOf(c, entity.project_id);
      return rendered(c.db, taskTypesOf(c, sql`t.id in (select y.task_type_id from (select t.task_type_id from task t where ${withTypesOf(entity)}) y)`));
    },
  }),
];

const entityTypeTasks = route({
  method: 'get', path: '/data/entities/{entity_id}/task-types/{task_type_id}/tasks', summary: 'List the tasks of one type of an entity', answers: { 200: z.array(Task) }, access: to.team.but({ vendor: 'filtered' }),
  ask: async (c) => {
    const entity = await existingEntity(c.db, pathId(c.request, 'entity_id'));
    only.team(c.caller, entity.project_id);
    await allowVendor(c, entity);
    const type = await existingTaskType(c.db, pathId(c.request, 'task_type_id'));
    keepOf(c, entity.project_id);
    return rendered(c.db, sql`select ${selectList(taskShape, c.caller, wantsRelations(c.request, false))} from task t where t.entity_id = ${entity.id} and t.task_type_id = ${type.id}
      and ${visibleTasks(c.caller) ?? raw('true')} order by t.log_position`);
  },
});

const projectTaskTypes = route({
  method: 'get', path: '/data/projects/{project_id}/task-types', summary: 'List the task types that a production uses', answers: { 200: z.array(TaskType) }, access: to.team,
  ask: async (c) => {
    const project_id = await project(c);
    c.keep([project_id], 'anyone');
    return rendered(c.db, taskTypesOf(c, sql`t.id in (select l.task_type_id from project_task_type l where l.project_id = ${project_id})`));
  },
});

/** What is assigned to the caller on one entity. */
const mine = (kind: 'asset' | 'shot' | 'sequence' | 'scene'): Route[] => [
  route({
    method: 'get', path: `/data/user/${kind}s/{${kind}_id}/tasks`, summary: `List your tasks on one ${kind}`, answers: { 200: z.array(Task) }, access: to.team.listed,
    ask: async (c) => {
      const entity = await entityOf(c, kind);
      c.keep(['*'], 'person');
      return rendered(c.db, sql`select ${selectList(taskShape, c.caller, false)} from task t where t.entity_id = ${entity.id} and ${c.caller.id}::uuid = any(t.assignees) order by t.log_position`);
    },
  }),
  route({
    method: 'get', path: `/data/user/${kind}s/{${kind}_id}/task-types`, summary: `List the types of your tasks on one ${kind}`, answers: { 200: z.array(TaskType) }, access: to.signedIn,
    ask: async (c) => {
      const entity = await entityOf(c, kind);
      c.keep(['*'], 'person');
      return rendered(c.db, taskTypesOf(c, sql`t.id in (select w.task_type_id from task w where w.entity_id = ${entity.id} and ${c.caller.id}::uuid = any(w.assignees))`));
    },
  }),
];

export const taskListRoutes: Route[] = [
  listTasks, oneTask, projectTasks, entityTypeTasks, projectTaskTypes, ...KIND_ROUTES.flatMap(kindRoutes), ...(['asset', 'shot', 'sequence', 'scene'] as const).flatMap(mine),
];
