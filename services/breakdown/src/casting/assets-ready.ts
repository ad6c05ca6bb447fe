import { reaction, sql, when, type Context, type Statement } from '@shotlog/kernel';
import { CastingSet, entityEvents } from '../entity/entity.events.ts';
import { ProjectTaskTypeLinked, ProjectTaskTypeUnlinked } from '../project/links.events.ts';
import { setAssetsReady } from '../task-neighbour/task-values.ts';

/**
 * Tasks of shots whose count of ready assets is no longer what their casting says. An asset is ready for a task when it is ready for its
 * task type, or for one that comes later in the production: by the priorities there, where a task type without one comes first and an
 * asset that is ready for such a one is ready for nothing. Canceled assets are not.
 */
const miscounted = (where: Statement): Statement => sql`select t.id, n.ready from task t join entity s on s.id = t.entity_id and s.kind = 'shot'
  left join project_task_type_link own on own.project_id = t.project_id and own.task_type_id = t.task_type_id
  cross join lateral (select count(*)::int as ready from entity_link l join entity a on a.id = l.entity_out_id and a.canceled is not true
    join project_task_type_link r on r.project_id = t.project_id and r.task_type_id = a.ready_for and r.priority >= coalesce(own.priority, 0)
    join task_type y on y.id = r.task_type_id and y.for_entity = 'Shot' where l.entity_in_id = s.id) n
  where ${where} and coalesce(t.nb_assets_ready, 0) <> n.ready`;

const recount = async (context: Context, where: Statement): Promise<void> => {
  for (const { id, ready } of await context.db.all<{ id: string; ready: number }>(miscounted(where))) {
    await context.runAsSystem(setAssetsReady, { task_id: id, nb_assets_ready: ready }, id);
  }
};

const ofProduction = (e: { data: { project_id: string } }, context: Context) => recount(context, sql`t.project_id = ${e.data.project_id}`);

/** How many assets are ready follows castings, what assets are ready for and the order of task types. */
export const assetsReady = reaction('assets-ready', [
  when(CastingSet, async ({ data }, context) => {
    if (data.kind !== 'shot' || data.added_asset_ids.length + data.removed_asset_ids.length === 0) return;
    await recount(context, sql`t.entity_id = ${data.entity_id}`);
  }),
  when(entityEvents.asset.updated, (async ({ data }: { data: { entity_id: string; changes: object } }, context: Context) => {
    if (!('ready_for' in data.changes || 'canceled' in data.changes)) return;
    await recount(context, sql`t.entity_id in (select entity_in_id from entity_link where entity_out_id = ${data.entity_id})`);
  }) as never),
  // Its castings went with it, in whatever production they were.
  when(entityEvents.asset.deleted, ((_: unknown, context: Context) => recount(context, sql`t.nb_assets_ready > 0`)) as never),
  when(ProjectTaskTypeLinked, ofProduction), when(ProjectTaskTypeUnlinked, ofProduction),
]);
