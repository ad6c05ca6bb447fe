import { bodySchema, command, Forbidden, Invalid, isId, NotFound, rendered, selectList, spanning, sql, textArray, to, type Caller, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { supervisesTask, type TaskFacts } from './task.policy.ts';
import { assignOne, unassignOne } from './assign.ts';
import { taskClaims } from './create-task.ts';
import { taskFields, TaskStatusChanged, TaskUpdated } from './task.events.ts';
import { existingTask, taskAnswer } from './task.queries.ts';
import { taskState, taskStream, type TaskState } from './task.state.ts';
import { taskShape } from './task.table.ts';

const Id = z.guid();
export type TaskChanges = { task_id: string; changes: Record<string, any>; person_id: string | null };

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What changes, as events; nothing for what is so already. */
export const decideChanges = ({ task_id, changes, person_id }: TaskChanges, state: TaskState): NewEvent[] => {
  if (state.status !== 'live') throw new NotFound('task', task_id);
  const ids = { task_id, project_id: state.project_id };
  const changed = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !same(state.fields[name], value)));
  if (Object.keys(changed).length === 0) return [];
  const moved = 'task_status_id' in changed && changed.task_status_id !== null
    ? [TaskStatusChanged({ ...ids, previous_task_status_id: state.fields.task_status_id ?? null, new_task_status_id: changed.task_status_id, person_id })] : [];
  return [TaskUpdated({ ...ids, changes: changed }), ...moved];
};

/** Changes fields of a task that the caller may change; what everything else changes of a task goes through here too. */
export const changeTask = command({
  subject: 'cmd.tasks.change-task', schema: z.object({ task_id: Id, changes: z.record(z.string(), z.any()), person_id: Id.nullable() }), state: taskState, claims: taskClaims,
  access: to.system, stream: ({ task_id }) => taskStream(task_id), decide: decideChanges,
  taken: () => new Invalid('The entity has a task of this type and name already.'),
});

const Body = bodySchema(taskFields);
/** What a supervisor plans; managers change everything that is no consequence of something else. */
const PLANNED = new Set(['estimation', 'start_date', 'due_date', 'difficulty', 'priority', 'data']);
const FIXED = new Set(['project_id']);

const mayChange = (caller: Caller, task: TaskFacts, names: string[]): void => {
  if (caller.manages(task.project_id)) return;
  if (!supervisesTask(caller, task) || names.some((name) => !PLANNED.has(name))) throw new Forbidden();
};

const Assignees = z.array(z.string().refine(isId, { error: 'assignees holds something that is no id.' }).transform((id) => id.toLowerCase()), { error: 'assignees must be a list of ids.' });

const parsed = async (body: Record<string, unknown>, context: Context): Promise<Record<string, any>> => {
  const checked = Body.safeParse(body);
  if (!checked.success) throw new Invalid(checked.error.issues[0]!.message);
  const changes: Record<string, any> = Object.fromEntries(Object.entries(checked.data).filter(([name, value]) => value !== undefined && !FIXED.has(name)));
  for (const [name, field] of Object.entries(taskFields)) if ('required' in field && field.required && changes[name] === null) throw new Invalid(`${name} is needed.`);
  if ('difficulty' in changes && (changes.difficulty === null || changes.difficulty < 1 || changes.difficulty > 5)) throw new Invalid('difficulty must be between 1 and 5.');
  if ('name' in changes && !changes.name) throw new Invalid('name is needed.');
  if ('data' in changes && changes.data !== null && (typeof changes.data !== 'object' || Array.isArray(changes.data))) throw new Invalid('data must be an object.');
  const known = await context.db.one(sql`select ${changes.task_type_id ?? null}::uuid is null or exists (select 1 from task_type where id = ${changes.task_type_id ?? null}) as task_type_id,
    ${changes.task_status_id ?? null}::uuid is null or exists (select 1 from task_status where id = ${changes.task_status_id ?? null}) as task_status_id,
    ${changes.assigner_id ?? null}::uuid is null or exists (select 1 from directory_person where id = ${changes.assigner_id ?? null}) as assigner_id`);
  for (const [name, there] of Object.entries(known!)) if (!there) throw new Invalid(`${name} names nothing that exists.`);
  return changes;
};

/** Sets who is assigned: people who are not there yet come in the order of the list, unknown ones are left out. */
export const setAssignees = async (context: Context, task: Record<string, any>, wanted: string[]): Promise<void> => {
  const known = new Set((await context.db.all(sql`select id from directory_person where id = any(${textArray(wanted)}::uuid[])`)).map((r) => r.id as string));
  for (const person_id of task.assignees as string[]) if (!wanted.includes(person_id)) await context.runAsSystem(unassignOne, { task_id: task.id, person_id }, `off ${person_id}`);
  for (const person_id of wanted) {
    if (known.has(person_id) && !task.assignees.includes(person_id)) await context.runAsSystem(assignOne, { task_id: task.id, person_id, assigner_id: task.assigner_id ?? null }, `on ${person_id}`);
  }
};

/** Changes a task's plan, status or place, and its assignees as a whole where they are named. The production never changes. */
export const updateTask = spanning({
  subject: 'cmd.tasks.update-task', access: to.teamSupervisors, schema: z.object({ task_id: z.string(), body: z.unknown().optional() }),
  handle: async ({ task_id, body: given }: any, context) => {
    if (!isId(task_id)) throw new Invalid(`"${task_id.slice(0, 60)}" is no id.`);
    const task = await existingTask(context.db, task_id);
    const body = (given ?? {}) as Record<string, unknown>;
    mayChange(context.caller, task as any, Object.keys(body).filter((name) => name in taskFields || name === 'assignees'));
    const assignees = body.assignees === undefined || body.assignees === null ? null : Assignees.safeParse(body.assignees);
    if (assignees && !assignees.success) throw new Invalid(assignees.error.issues[0]!.message);
    const changes = await parsed(body, context);
    if (changes.entity_id) {
      const entity = await context.db.one(sql`select project_id from entity where id = ${changes.entity_id}`);
      if (entity?.project_id !== task.project_id) throw new Invalid('entity_id names nothing of this production.');
    } else delete changes.entity_id;
    await context.runAsSystem(changeTask, { task_id: task.id, changes, person_id: context.caller.id }, 'change');
    if (assignees) await setAssignees(context, task, assignees.data);
    await context.settled();
    return taskAnswer(context.db, context.caller, task.id, false);
  },
});

const Priority = z.number({ error: 'priority must be a whole number.' }).int({ error: 'priority must be a whole number.' }).min(0, { error: 'priority must not be negative.' }).max(2_147_483_647);
/** Sets the priority of many tasks; those that the caller does not supervise are left as they are. Answers the others. */
export const setPriority = spanning({
  subject: 'cmd.tasks.set-priority', access: to.signedIn,
  schema: z.object({ task_ids: z.array(z.string().refine(isId, { error: 'task_ids holds something that is no id.' })).min(1, { error: 'task_ids must name a task.' }), priority: Priority }),
  handle: async ({ task_ids, priority }, context) => {
    const rows = await context.db.all(sql`select t.id, t.project_id, t.assignees::text[] as assignees, y.department_id from task t left join task_type y on y.id = t.task_type_id where t.id = any(${textArray(task_ids)}::uuid[])`);
    const mine = rows.filter((task) => supervisesTask(context.caller, task as any)).map((t) => t.id as string);
    await Promise.all(mine.map((task_id) => context.runAsSystem(changeTask, { task_id, changes: { priority }, person_id: context.caller.id }, task_id)));
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select ${selectList(taskShape, context.caller, false)} from task t where id = any(${textArray(mine)}::uuid[]) order by log_position`)).text);
  },
});
