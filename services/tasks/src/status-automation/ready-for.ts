import { entityEvents } from '@shotlog/breakdown/entity/entity.events';
import { entityState, type EntityState } from '@shotlog/breakdown/entity/entity.state';
import { command, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';

type Ready = { entity_id: string; project_id: string; ready_for: string };
/** An asset is ready for a task type: told in the asset's own stream. */
export const setReadyFor = command({
  subject: 'cmd.tasks.set-ready-for', schema: z.object({ entity_id: z.guid(), project_id: z.guid(), ready_for: z.guid() }), state: entityState, access: to.system,
  stream: ({ entity_id }) => `asset-${entity_id}`,
  decide: ({ entity_id, project_id, ready_for }: Ready, state: EntityState): NewEvent[] =>
    state === null || state.values.ready_for === ready_for ? [] : [entityEvents.asset.updated({ entity_id, project_id, changes: { ready_for } })],
});
