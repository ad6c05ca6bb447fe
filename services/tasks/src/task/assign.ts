import { allow, command, Invalid, isId, NotFound, rendered, selectList, spanning, sql, textArray, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskAssigned, TaskUnassigned } from './task.events.ts';
import { joinTeams } from './join-team.ts';
import { assigns, unassigns } from './task.policy.ts';
import { existingTask, taskAnswer } from './task.queries.ts';
import { taskShape } from './task.table.ts';
import { taskState, taskStream, type TaskState } from './task.state.ts';

const Id = z.guid();

export type Assignment = { task_id: string; person_id: string; assigner_id: string | null };
const assign = ({ task_id, person_id, assigner_id }: Assignment, state: TaskState): NewEvent[] => {
  if (state.status !== 'live') throw new NotFound('task', task_id);
  if (state.assignees.includes(person_id) && state.fields.assigner_id === assigner_id) return [];
  return [TaskAssigned({ task_id, project_id: state.project_id, person_id, assigner_id })];
};
/** Puts a person on a task, at the end of those who are. One who is on it already: only the assigner changes. */
export const assignOne = command({
  subject: 'cmd.tasks.assign-one', schema: z.object({ task_id: Id, person_id: Id, assigner_id: Id.nullable() }), state: taskState, access: to.system,
  stream: ({ task_id }) => taskStream(task_id), decide: assign,
});

const unassign = ({ task_id, person_id }: { task_id: string; person_id: string | null }, state: TaskState): NewEvent[] => {
  if (state.status !== 'live') return [];
  const { project_id, assignees } = state;
  return assignees.filter((p) => person_id === null || p === person_id).map((p) => TaskUnassigned({ task_id, project_id, person_id: p }));
};
/** Takes a person off a task, or everybody. */
export const unassignOne = command({
  subject: 'cmd.tasks.unassign-one', schema: z.object({ task_id: Id, person_id: Id.nullable() }), state: taskState, access: to.system,
  stream: ({ task_id }) => taskStream(task_id), decide: unassign,
});

type Assignee = { id: string; departments: string[] };
const personOf = (context: Context, person_id: unknown): Promise<Assignee | null> =>
  isId(person_id) ? context.db.one<Assignee>(sql`select id, coalesce(departments, '{}')::text[] as departments from directory_person where id = ${person_id}`) : Promise.resolve(null);
const nobody: Assignee = { id: '', departments: [] };
const PersonId = z.string({ error: 'person_id is needed.' }).refine(isId, { error: 'person_id must be an id.' });
const TaskIds = z.array(z.string().refine(isId, { error: 'task_ids holds something that is no id.' })).min(1, { error: 'task_ids must name a task.' });

/** Assigns a person to a task. @throws Invalid (400) for an unknown person. */
export const assignTask = spanning({
  subject: 'cmd.tasks.assign', access: to.teamSupervisors, schema: z.object({ task_id: z.string(), person_id: z.unknown().optional() }),
  handle: async ({ task_id, person_id: given }: any, context) => {
    if (!isId(task_id)) throw new NotFound('task');
    const task = await existingTask(context.db, task_id);
    const person = await personOf(context, given);
    allow(assigns(context.caller, task as any, person ?? nobody));
    const parsed = PersonId.safeParse(given);
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message, { data: { errors: [{ field: 'person_id', message: 'needed' }] } });
    if (!person) throw new Invalid(`There is no person ${parsed.data}.`);
    await context.runAsSystem(assignOne, { task_id, person_id: person.id, assigner_id: context.caller.id }, 'assign');
    await joinTeams(context, [task.project_id], person.id);
    await context.settled();
    return taskAnswer(context.db, context.caller, task_id, true);
  },
});

const tasksOf = (context: Context, ids: string[]) =>
  context.db.all(sql`select t.id, t.project_id, t.assignees::text[] as assignees, y.department_id from task t left join task_type y on y.id = t.task_type_id where t.id = any(${textArray(ids)}::uuid[]) order by t.log_position`);

const each = async <T>(items: T[], step: (item: T) => Promise<unknown>): Promise<void> => {
  const next = items[Symbol.iterator]();
  await Promise.all(Array.from({ length: Math.min(24, items.length) }, async () => { for (const item of next) await step(item); }));
};

/** Assigns a person to many tasks; those that the caller may not give out are left as they are. Answers the others. */
export const assignPerson = spanning({
  subject: 'cmd.tasks.assign-person', access: to.signedIn, schema: z.object({ person_id: z.string(), task_ids: TaskIds }),
  handle: async ({ person_id, task_ids }, context) => {
    const person = await personOf(context, person_id);
    if (!person) throw new Invalid(`There is no person ${person_id.slice(0, 60)}.`);
    const mine = (await tasksOf(context, task_ids)).filter((task) => assigns(context.caller, task as any, person));
    await each(mine, ({ id }) => context.runAsSystem(assignOne, { task_id: id, person_id: person.id, assigner_id: context.caller.id }, `assign ${id}`));
    await joinTeams(context, mine.map((t) => t.project_id), person.id);
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select ${selectList(taskShape, context.caller, true)} from task t where id = any(${textArray(mine.map((t) => t.id))}::uuid[]) order by log_position`)).text);
  },
});

/** Takes a person, or everybody, off the named tasks. Answers the ids of those that the caller may change; the others are left as they are. */
export const clearAssignation = spanning({
  subject: 'cmd.tasks.clear-assignation', access: to.signedIn, schema: z.object({ task_ids: TaskIds, person_id: z.string().refine(isId, { error: 'person_id must be an id.' }).nullish() }),
  handle: async ({ task_ids, person_id }, context) => {
    const who = person_id?.toLowerCase() ?? null;
    const person = who === null ? null : await personOf(context, who) ?? { id: who, departments: [] };
    const mine = (await tasksOf(context, task_ids)).filter((task) => unassigns(context.caller, task as any, person)).map((t) => t.id as string);
    await each(mine, (task_id) => context.runAsSystem(unassignOne, { task_id, person_id: who }, `clear ${task_id}`));
    await context.settled();
    return mine;
  },
});
