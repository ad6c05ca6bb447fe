import { access, event, f, Invalid, on, projection, resource, sql, table, to, type Caller, type Context, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';
import { entityEvents, KINDS } from '../entity/entity.events.ts';
import { mayLink, mayReadCasting } from '../entity/entity.policy.ts';
import { projectEvents } from '../project/project.fields.ts';

const assetOf = async (context: Context, id: unknown): Promise<{ project_id: string }> => {
  const row = await context.db.one<{ project_id: string }>(sql`select project_id from entity where id = ${id} and kind = 'asset'`);
  if (!row) throw new Invalid(`There is no asset ${id}.`);
  return row;
};

const instanceAccess = {
  ...access.admin, one: to.team.but({ vendor: 'refused' }), update: to.teamStaff,
  policy: {
    one: (caller: Caller, row: { project_id: string }) => mayReadCasting(caller, row.project_id),
    update: (caller: Caller, row: { project_id: string }) => mayLink(caller, row.project_id),
  },
};

/** An instance that is placed is told under a name of its own, with its place. */
const told = (what: string, { data }: Recorded): Publication[] => {
  const { asset_instance_id, asset_id, scene_id, target_asset_id, project_id = null } = data;
  if (what === 'new' && scene_id) return [{ name: 'asset_instance:new', payload: { asset_instance_id, asset_id, scene_id, project_id } }];
  if (what === 'new' && target_asset_id) return [{ name: 'asset_instance:new', payload: { asset_instance_id, asset_id: target_asset_id, asset_instantiated: asset_id, project_id } }];
  return [{ name: `asset-instance:${what}`, payload: { asset_instance_id, project_id } }];
};

/** An asset placed in a scene or in another asset, by number: "Lama_0002". `project_id` is the asset's. */
export const assetInstance = resource({
  service: 'breakdown', name: 'asset_instance', path: '/data/asset-instances', type: 'AssetInstance', published: told,
  fields: { asset_id: f.uuid({ required: true, immutable: true }), name: f.string(80, { ignoreCase: true }), number: f.integer({ default: 1 }), description: f.string(200), active: f.boolean({ default: true }), data: f.json(),
    scene_id: f.uuid(), target_asset_id: f.uuid(), entity_id: f.uuid(), entity_type_id: f.uuid(), project_id: f.uuid({ hidden: true }) },
  access: instanceAccess, indexes: ['asset_id', 'scene_id', 'target_asset_id', 'project_id'],
  relations: { shots: sql`coalesce((select array_agg(l.entity_id) from asset_instance_link l where l.asset_instance_id = t.id), '{}')` },
  creating: async (values, context) => {
    if (!values.asset_id || !values.name) throw new Invalid('asset_id and name are needed.');
    return { project_id: (await assetOf(context, values.asset_id)).project_id };
  },
});

const Ids = z.object({ asset_instance_id: z.guid(), project_id: z.guid(), shot_id: z.guid() });
const inShot = (e: { data: z.infer<typeof Ids> }) => ({ asset_instance_id: e.data.asset_instance_id, shot_id: e.data.shot_id, project_id: e.data.project_id });
/** An instance was placed in a shot or taken out, in the instance's stream. */
export const AssetInstanceAddedToShot = event('AssetInstanceAddedToShot', 1, Ids, { publish: (e) => [{ name: 'asset_instance:add-to-shot', payload: inShot(e) }] });
export const AssetInstanceRemovedFromShot = event('AssetInstanceRemovedFromShot', 1, Ids, { publish: (e) => [{ name: 'asset_instance:remove-from-shot', payload: inShot(e) }] });

const linkTable = table('asset_instance_link', { entity_id: f.uuid(), asset_instance_id: f.uuid() }, { primary: ['entity_id', 'asset_instance_id'], indexes: ['asset_instance_id'] });
/** Rows of `asset_instance_link`, and what goes with an entity that goes. */
export const instanceLinkProjection = projection('asset_instance_link', [linkTable], [
  on(AssetInstanceAddedToShot, (e) => sql`insert into asset_instance_link (entity_id, asset_instance_id) values (${e.data.shot_id}, ${e.data.asset_instance_id}) on conflict do nothing`),
  on(AssetInstanceRemovedFromShot, (e) => sql`delete from asset_instance_link where entity_id = ${e.data.shot_id} and asset_instance_id = ${e.data.asset_instance_id}`),
  on(assetInstance.events.deleted, (e) => sql`delete from asset_instance_link where asset_instance_id = ${e.data.asset_instance_id}`),
  ...KINDS.map((kind) => on(entityEvents[kind].deleted, (e) => [
    sql`delete from asset_instance_link where entity_id = ${e.data.entity_id} or asset_instance_id in (select id from asset_instance where asset_id = ${e.data.entity_id} or scene_id = ${e.data.entity_id} or target_asset_id = ${e.data.entity_id})`,
    sql`delete from asset_instance where asset_id = ${e.data.entity_id} or scene_id = ${e.data.entity_id} or target_asset_id = ${e.data.entity_id}`])),
  on(projectEvents.deleted, (e) => [
    sql`delete from asset_instance_link where asset_instance_id in (select id from asset_instance where project_id = ${e.data.project_id})`,
    sql`delete from asset_instance where project_id = ${e.data.project_id}`]),
]);

export const instanceEvents = [...Object.values(assetInstance.events), AssetInstanceAddedToShot, AssetInstanceRemovedFromShot];
