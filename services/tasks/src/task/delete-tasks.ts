import { command, Invalid, isId, NotFound, only, spanning, sql, textArray, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { taskClaims } from './create-task.ts';
import { listOfIds } from './create-tasks.ts';
import { TaskDeleted } from './task.events.ts';
import { existingProject, existingTask } from './task.queries.ts';
import { taskState, taskStream, type TaskState } from './task.state.ts';

const decide = ({ task_id }: { task_id: string }, state: TaskState): NewEvent[] => state.status !== 'live' ? []
  : [TaskDeleted({ task_id, project_id: state.project_id, entity_id: state.fields.entity_id, task_type_id: state.fields.task_type_id })];

/** Deletes a task with its comments and hours. One that is gone: nothing. */
export const deleteOne = command({
  subject: 'cmd.tasks.delete-one-task', schema: z.object({ task_id: z.guid() }), state: taskState, claims: taskClaims,
  access: to.system, stream: ({ task_id }) => taskStream(task_id), decide,
});

/** Deletes one task; with comments only by force. Managers of its production. */
export const deleteTask = spanning({
  subject: 'cmd.tasks.delete-task', access: to.teamManagers, schema: z.object({ task_id: z.string(), force: z.boolean() }),
  handle: async ({ task_id, force }, context) => {
    if (!isId(task_id)) throw new Invalid(`"${task_id.slice(0, 60)}" is no id.`);
    const task = await existingTask(context.db, task_id);
    only.teamManager(context.caller, task.project_id);
    if (!force && await context.db.one(sql`select 1 from comment where object_id = ${task_id} union all select 1 from time_spent where task_id = ${task_id} limit 1`)) {
      throw new Invalid('The task has comments or hours. Send force=true to delete it with them.');
    }
    await context.runAsSystem(deleteOne, { task_id: task.id }, 'delete');
  },
});

const deleteAll = async (context: Context, ids: string[]): Promise<void> => {
  const next = ids[Symbol.iterator]();
  await Promise.all(Array.from({ length: Math.min(24, ids.length) }, async () => { for (const task_id of next) await context.runAsSystem(deleteOne, { task_id }, task_id); }));
};

/** Deletes the named tasks of a production, with everything that hangs on them. Answers the ids that were asked for; tasks of other productions stay. */
export const deleteTasks = spanning({
  subject: 'cmd.tasks.delete-tasks', resumable: true, access: to.teamManagers.of('project_id'), schema: z.object({ project_id: z.string(), task_ids: z.unknown().optional() }),
  prepare: async ({ project_id, task_ids }: any, context): Promise<any> => {
    if (!isId(project_id)) throw new NotFound('production');
    await existingProject(context.db, project_id);
    only.teamManager(context.caller, project_id);
    const asked = listOfIds(task_ids);
    const own = await context.db.all(sql`select id from task where project_id = ${project_id} and id = any(${textArray(asked)}::uuid[])`);
    return { project_id, asked, own: own.map((r) => r.id) };
  },
  handle: async ({ asked, own }: any, context) => {
    await deleteAll(context, own);
    return asked;
  },
});

/** Deletes every task of one type in a production. */
export const deleteTasksOfType = spanning({
  subject: 'cmd.tasks.delete-tasks-of-type', resumable: true, access: to.admins, schema: z.object({ project_id: z.string(), task_type_id: z.string() }),
  prepare: async ({ project_id, task_type_id }: any, context): Promise<any> => {
    if (!isId(project_id) || !isId(task_type_id)) throw new NotFound('production');
    await existingProject(context.db, project_id);
    only.teamManager(context.caller, project_id);
    const own = await context.db.all(sql`select id from task where project_id = ${project_id} and task_type_id = ${task_type_id}`);
    return { project_id, own: own.map((r) => r.id) };
  },
  handle: async ({ own }: any, context) => deleteAll(context, own),
});
