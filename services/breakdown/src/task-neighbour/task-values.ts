import { command, defineState, to, type NewEvent } from '@shotlog/kernel';
import { TaskCreated, TaskDeleted, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { z } from 'zod';
import { moved } from '../metadata-descriptor/moved.ts';

/** What of a task follows from fields and castings, as its stream tells it. Null before its creation and after its end. */
type TaskValues = { project_id: string; data: unknown; nb_assets_ready: number } | null;
const state = defineState<TaskValues>({
  initial: null,
  evolve: (values, { type, data }: NewEvent) => {
    if (type === TaskCreated.eventType) return { project_id: data.project_id, data: data.data ?? null, nb_assets_ready: data.nb_assets_ready ?? 0 };
    if (type === TaskDeleted.eventType || values === null) return null;
    if (type !== TaskUpdated.eventType) return values;
    const { changes } = data;
    return { ...values, data: 'data' in changes ? changes.data : values.data, nb_assets_ready: changes.nb_assets_ready ?? values.nb_assets_ready };
  },
});
const step = { state, access: to.system, stream: ({ task_id }: { task_id: string }) => `task-${task_id}` };
const Id = z.guid();
type Move = { task_id: string; from: string; to: string | null };
type Count = { task_id: string; nb_assets_ready: number };

/** Moves one task's value of a field to another key, or takes it away (`to` null). A step of the system. */
export const moveTaskValue = command({
  ...step, subject: 'cmd.breakdown.move-task-value', schema: z.object({ task_id: Id, from: z.string(), to: z.string().nullable() }),
  decide: ({ task_id, from, to }: Move, values) => {
    const data = values === null ? undefined : moved(values.data, from, to);
    return values === null || data === undefined ? [] : [TaskUpdated({ task_id, project_id: values.project_id, changes: { data } })];
  },
});

/** Says how many assets that its shot casts are ready for a task. A step of the system. */
export const setAssetsReady = command({
  ...step, subject: 'cmd.breakdown.set-assets-ready', schema: z.object({ task_id: Id, nb_assets_ready: z.number().int().min(0) }),
  decide: ({ task_id, nb_assets_ready }: Count, values) =>
    (values === null || values.nb_assets_ready === nb_assets_ready ? [] : [TaskUpdated({ task_id, project_id: values.project_id, changes: { nb_assets_ready } })]),
});
