import { Invalid, isId, NotFound, only, raw, rendered, selectList, spanning, sql, textArray, to, type Caller, type Context, type Statement } from '@shotlog/kernel';
import { KINDS, type Kind } from '@shotlog/breakdown/entity/entity.events';
import { z } from 'zod';
import { ensureTask } from './create-task.ts';
import { existingEntity, existingProject, existingTaskType } from './task.queries.ts';
import { taskShape } from './task.table.ts';

/** How many tasks are appended at once: enough to keep the log busy, few enough to let others in. */
const AT_ONCE = 24;

type Plan = { project_id: string; assigner_id: string | null; tasks: { id: string; entity_id: string; task_type_id: string; task_status_id: string }[] };

/** The status of a new task: the default one, for concepts the one that is meant for them. */
export const defaultStatus = (kind: Statement): Statement =>
  sql`(select s.id from task_status s where s.is_default order by (s.for_concept is true) = (${kind} = 'concept') desc, s.archived, s.log_position limit 1)`;

/** Entities of which each has no task of one of these types yet, and what the new tasks are made of. */
const missingTasks = (where: Statement, task_type_ids: string[]): Statement => sql`select e.id as entity_id, y.id as task_type_id, ${defaultStatus(raw('e.kind'))} as task_status_id
  from entity e join task_type y on y.id = any(${textArray(task_type_ids)}::uuid[])
  where ${where} and not exists (select 1 from task t where t.entity_id = e.id and t.task_type_id = y.id and t.name = 'main') order by e.log_position, y.priority, y.name`;

const planned = async (context: Context, project_id: string, where: Statement, task_type_ids: string[]): Promise<Plan> => {
  const rows = await context.db.all(missingTasks(where, task_type_ids));
  if (rows.some((r) => r.task_status_id === null)) throw new Invalid('There is no default task status.');
  return { project_id, assigner_id: context.caller.id, tasks: rows.map((r) => ({ ...r, id: context.moment.id(`${r.entity_id} ${r.task_type_id}`) }) as Plan['tasks'][number]) };
};

/** Makes the planned tasks, some at once. Each step may be repeated. Answers those that are new. */
const makeTasks = async ({ project_id, assigner_id, tasks }: Plan, context: Context): Promise<unknown> => {
  const made: string[] = [];
  const next = tasks[Symbol.iterator]();
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, tasks.length) }, async () => {
    for (const { id, ...task } of next) {
      const done: any = await context.runAsSystem(ensureTask, { id, values: { ...task, name: 'main', project_id, assigner_id } }, `${task.entity_id} ${task.task_type_id}`);
      if (!done.values.existed) made.push(id);
    }
  }));
  await context.settled();
  return JSON.parse((await newTasks(context, made)).text);
};

/** New tasks as their answers show them, with the names and colours of status and type. */
export const newTasks = (context: Pick<Context, 'db' | 'caller'>, ids: string[]) => rendered(context.db, sql`select ${selectList(taskShape, context.caller, true)},
  s.name as task_status_name, s.short_name as task_status_short_name, s.color as task_status_color, y.name as task_type_name, y.color as task_type_color, y.priority as task_type_priority
  from task t left join task_status s on s.id = t.task_status_id left join task_type y on y.id = t.task_type_id left join entity e on e.id = t.entity_id
  where t.id = any(${textArray(ids)}::uuid[]) order by e.log_position, t.log_position`);

/** The ids of a body that is a list of ids, each once. @throws Invalid (400). */
export const listOfIds = (body: unknown): string[] => {
  if (!Array.isArray(body)) throw new Invalid('The body must be a JSON list of ids.');
  if (!body.every(isId)) throw new Invalid('The list holds something that is no id.');
  return [...new Set(body.map((id) => (id as string).toLowerCase()))];
};

/** Whoever manages the production; tasks of concepts the studio's own people on the team. */
const mayCreate = (caller: Caller, { project_id, kind }: { project_id: string; kind: string }) => (kind === 'concept' ? only.teamStaff : only.teamManager)(caller, project_id);

/**
 * Creates a task of one type for each named entity, or for every entity of the kind when none is named. Entities that have one keep it; the answer holds the new ones.
 * Cut off half way, it is finished by the next start.
 * @throws NotFound (404) for an unknown production, task type or entity. Source: API reference, POST /actions/projects/{project_id}/task-types/{task_type_id}/shots/create-tasks.
 */
export const createTasks = spanning({
  subject: 'cmd.tasks.create-tasks', resumable: true, access: to.teamManagers, policy: mayCreate,
  schema: z.object({ project_id: z.string(), task_type_id: z.string(), kind: z.string(), entity_ids: z.unknown().optional() }),
  prepare: async (given: any, context): Promise<any> => {
    const { project_id, task_type_id, kind } = given;
    if (!isId(project_id)) throw new NotFound('production');
    if (!isId(task_type_id)) throw new NotFound('task type');
    await existingProject(context.db, project_id);
    mayCreate(context.caller, given);
    await existingTaskType(context.db, task_type_id);
    if (!KINDS.includes(kind as Kind)) throw new NotFound('kind of entity');
    const entity_ids = listOfIds(given.entity_ids);
    const known = await context.db.one(sql`select count(*)::int as n from entity where project_id = ${project_id} and kind = ${kind} and id = any(${textArray(entity_ids)}::uuid[])`);
    if (known!.n < entity_ids.length) throw new NotFound(kind);
    const where = entity_ids.length > 0 ? sql`e.id = any(${textArray(entity_ids)}::uuid[])` : sql`e.project_id = ${project_id} and e.kind = ${kind} and e.canceled is not true`;
    return { ...given, entity_ids: [], plan: await planned(context, project_id, where, [task_type_id]) };
  },
  handle: ({ plan }: any, context) => makeTasks(plan, context),
});

/**
 * Creates the tasks that an entity has not yet: of the named types, or of all that its production uses for its kind.
 * @throws Invalid (400) for a type that the production does not use, or not for what the entity is.
 */
export const createEntityTasks = spanning({
  subject: 'cmd.tasks.create-entity-tasks', resumable: true, access: to.teamStaff, policy: (caller, c: any) => only.teamStaff(caller, c.project_id),
  schema: z.object({ entity_id: z.string(), task_type_ids: z.unknown().optional(), project_id: z.string().optional() }),
  prepare: async (given: any, context): Promise<any> => {
    if (!isId(given.entity_id)) throw new NotFound('entity');
    const entity = await existingEntity(context.db, given.entity_id);
    only.teamStaff(context.caller, entity.project_id);
    const named = given.task_type_ids === undefined || given.task_type_ids === null ? [] : listOfIds(given.task_type_ids);
    const all = await context.db.all(sql`select y.id from task_type y join project_task_type l on l.task_type_id = y.id where l.project_id = ${entity.project_id} and lower(y.for_entity) = ${entity.kind}`);
    const ids = named.length > 0 ? named : all.map((r) => r.id as string);
    const known = await context.db.one(sql`select count(*)::int as n from task_type where id = any(${textArray(ids)}::uuid[])`);
    if (known!.n < ids.length) throw new NotFound('task type');
    const unused = ids.find((id) => !all.some((r) => r.id === id));
    if (unused !== undefined) throw new Invalid(`The production uses no task type ${unused} for what is ${entity.kind}.`);
    return { ...given, task_type_ids: [], project_id: entity.project_id, plan: await planned(context, entity.project_id, sql`e.id = ${entity.id}`, ids) };
  },
  handle: ({ plan }: any, context) => makeTasks(plan, context),
});
