import { Invalid, isId, rendered, route, selectList, spanning, sql, textArray, to } from '@shotlog/kernel';
import { z } from 'zod';
import { taskType } from './task-type.ts';
import { TaskType } from '../task/task.answers.ts';

/** Gives the named task types the priorities 1, 2, 3 … in the order of the list. */
const reorder = spanning({
  subject: 'cmd.tasks.reorder-task-types', access: to.admins, schema: z.object({ task_type_ids: z.array(z.string().refine(isId, { error: 'task_type_ids holds something that is no id.' }), { error: 'task_type_ids must be a list of ids.' }).max(1_000) }),
  handle: async ({ task_type_ids }, context) => {
    const known = await context.db.all(sql`select id from task_type where id = any(${textArray(task_type_ids)}::uuid[])`);
    if (known.length < new Set(task_type_ids.map((id) => id.toLowerCase())).size) throw new Invalid('task_type_ids names a task type that does not exist.');
    for (const [n, id] of task_type_ids.entries()) await context.run(taskType.commands.update, { id, changes: { priority: n + 1 } }, id);
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select ${selectList(taskType.shape, context.caller, false)} from task_type t where id = any(${textArray(task_type_ids)}::uuid[]) order by priority`)).text);
  },
});

export const reorderRoute = route({
  method: 'post', path: '/actions/task-types/reorder', summary: 'Put task types in an order', answers: { 200: z.array(TaskType) }, command: reorder, status: 200, body: z.object({ task_type_ids: z.array(z.guid()) }), input: (r) => r.body ?? {},
});
