import { entityEvents } from '@shotlog/breakdown/entity/entity.events';
import { entityState, type EntityState } from '@shotlog/breakdown/entity/entity.state';
import { allow, command, reaction, sql, when, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskCommented } from '../task/task.events.ts';

type Ready = { entity_id: string; project_id: string; ready_for: string };
/** An asset is ready for a task type: told in the asset's own stream. */
export const setReadyFor = command({
  subject: 'cmd.tasks.set-ready-for', schema: z.object({ entity_id: z.guid(), project_id: z.guid(), ready_for: z.guid() }), state: entityState, policy: (caller) => allow(caller.isSystem),
  stream: ({ entity_id }) => `asset-${entity_id}`,
  decide: ({ entity_id, project_id, ready_for }: Ready, state: EntityState): NewEvent[] =>
    state === null || state.values.ready_for === ready_for ? [] : [entityEvents.asset.updated({ entity_id, project_id, changes: { ready_for } })],
});

const follow = async ({ data, metadata }: any, context: Context): Promise<void> => {
  if (data.previous_task_status_id === data.task_status_id || data.moved_from || metadata.silent) return;
  const row = await context.db.one(sql`select a.out_task_type_id from status_automation a join project_status_automation l on l.status_automation_id = a.id and l.project_id = ${data.project_id}
    join entity e on e.id = ${data.entity_id} and e.kind = 'asset' where a.archived is not true and a.out_field_type = 'ready_for' and a.in_task_type_id = ${data.task_type_id}
    and a.in_task_status_id = ${data.task_status_id} and a.out_task_type_id is not null order by a.log_position desc limit 1`);
  if (row) await context.runAsSystem(setReadyFor, { entity_id: data.entity_id, project_id: data.project_id, ready_for: row.out_task_type_id }, 'ready');
};

/** Automations that say what an asset is ready for. */
export const readyForReaction = reaction('ready-for', [when(TaskCommented, follow as never)]);
