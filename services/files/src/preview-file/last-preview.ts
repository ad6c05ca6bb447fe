import { TaskUpdated } from '@shotlog/tasks/task/task.events';
import { command, defineState, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';

type TaskState = { last: string | null } | null;
const taskState = defineState<TaskState, { type: string; data: any }>({
  initial: null,
  evolve: (state, { type, data }) => {
    if (type === 'TaskCreated') return { last: data.last_preview_file_id ?? null };
    if (type === 'TaskDeleted') return null;
    return state && type === 'TaskUpdated' && 'last_preview_file_id' in data.changes ? { last: data.changes.last_preview_file_id ?? null } : state;
  },
});

/** Says in a task's stream which preview is its last; the task's owner shows and publishes it. It reads no table. For the system. */
export const setLastPreview = command({
  subject: 'cmd.files.set-last-preview', schema: z.object({ task_id: z.guid(), project_id: z.guid(), preview_file_id: z.guid().nullable() }), state: taskState, access: to.system,
  stream: ({ task_id }) => `task-${task_id}`,
  decide: ({ task_id, project_id, preview_file_id }, state) =>
    (state === null || state.last === preview_file_id ? [] : [TaskUpdated({ task_id, project_id, changes: { last_preview_file_id: preview_file_id } })]),
});

/** Brings a task's last preview up to date: the first of its newest revision whose file has arrived. `key` tells the occasions apart. */
export const noteLastPreview = async (context: Context, task_id: string | null, project_id: string | null, key: string): Promise<void> => {
  if (!task_id || !project_id || !(await context.db.one(sql`select 1 from task where id = ${task_id}`))) return;
  const last = await context.db.one<{ id: string }>(sql`select id from preview_file where task_id = ${task_id} and source_key is not null order by revision desc, position, log_position limit 1`);
  await context.runAsSystem(setLastPreview, { task_id, project_id, preview_file_id: last?.id ?? null }, `last-${key}`);
};
