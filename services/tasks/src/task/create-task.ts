import { command, Invalid, to, type Claim, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskCreated, taskFields } from './task.events.ts';
import { taskState, taskStream, type TaskState } from './task.state.ts';

const Id = z.guid();

/** One task of one entity: two tasks of an entity under one task type have different names. */
export const taskClaims = (state: TaskState): Claim[] => state.status !== 'live' ? []
  : [{ kind: 'task', key: [state.fields.entity_id, state.fields.task_type_id, state.fields.name].join('\n') }];
/** Where the claims come from when the database was lost. */
export const taskClaimSource = "select 'task', concat_ws(E'\\n', entity_id, task_type_id, name), 'task-' || id from task";

export type NewTask = { id: string; values: Record<string, any> };

const decide = ({ id, values }: NewTask, state: TaskState): NewEvent[] => {
  if (state.status === 'live') return [];
  const fields = Object.fromEntries(Object.entries(taskFields).map(([name, field]) => [name, values[name] ?? field.default ?? null]));
  return [TaskCreated({ ...fields, task_id: id, project_id: values.project_id, entity_id: values.entity_id, task_type_id: values.task_type_id, task_status_id: values.task_status_id, assignees: values.assignees ?? [],
    ...(values.created_at ? { created_at: values.created_at } : {}) })];
};

/** Makes one task, with all its fields looked up. Run by whatever makes tasks. @throws Invalid (400) when the entity has one of that type and name. */
export const createTask = command({
  subject: 'cmd.tasks.create-one-task', schema: z.object({ id: Id, values: z.record(z.string(), z.any()) }), state: taskState, creates: true, claims: taskClaims,
  access: to.system,
  stream: ({ id }) => taskStream(id), decide,
  taken: () => new Invalid('The entity has a task of this type and name already.'),
});

/** The same where a task that is there will do: nothing happens then. */
export const ensureTask = command({ ...createTask, subject: 'cmd.tasks.ensure-task', taken: (_claim, holder, task) => ({ instead: { ...task, id: holder.slice('task-'.length), values: { ...task.values, existed: true } } }) });
