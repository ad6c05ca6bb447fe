import { NotFound, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from './create-entity.ts';
import { mayManage } from './entity.policy.ts';
import { setEntity } from './update-entity.ts';

type Order = { project_id: string; shots: { id: string; nb_frames: number }[] };

/**
 * Sets each shot's number of frames from the latest movie of its task of a type: its seconds times the production's frames per
 * second, rounded. `episode_id` narrows it to one episode. Shots without a movie stay as they are; answers those that changed.
 */
export const setShotFrames = spanning({
  subject: 'cmd.breakdown.set-shot-frames', schema: z.object({ project_id: z.unknown().optional(), task_type_id: z.unknown().optional(), episode_id: z.guid().nullish() }), resumable: true,
  access: to.teamManagers.of('project_id'),
  prepare: async (given, context: Context): Promise<Order> => {
    const project_id = theId(given.project_id, 'production');
    const task_type_id = theId(given.task_type_id, 'task type');
    const found = await context.db.one<{ fps: string; task_type: boolean }>(sql`select fps, exists (select 1 from task_type where id = ${task_type_id}) as task_type from project where id = ${project_id}`);
    if (!found) throw new NotFound('production', project_id);
    mayManage(context.caller, project_id);
    if (!found.task_type) throw new NotFound('task type', task_type_id);
    const fps = Number.parseFloat(found.fps) || 25;
    const rows = await context.db.all<{ id: string; duration: number }>(sql`select distinct on (e.id) e.id, f.duration from entity e join task k on k.entity_id = e.id and k.task_type_id = ${task_type_id}
      join preview_file f on f.task_id = k.id where e.project_id = ${project_id} and e.kind = 'shot' and f.duration > 0
        and (${given.episode_id ?? null}::uuid is null or e.parent_id in (select id from entity where parent_id = ${given.episode_id ?? null}))
      order by e.id, f.revision desc, f.position, f.log_position`);
    return { project_id, shots: rows.map((r) => ({ id: r.id, nb_frames: Math.round(r.duration * fps) })) };
  },
  handle: async ({ shots }, context) => {
    for (const { id, nb_frames } of shots) await context.run(setEntity, { id, changes: { nb_frames } }, `frames ${id}`);
    return shots;
  },
});
