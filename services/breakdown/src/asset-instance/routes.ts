import { byKey, raw, Rendered, route, sql, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import type { Kind } from '../entity/entity.events.ts';
import { readable } from '../entity/entity.queries.ts';
import { assetInstance } from './asset-instance.ts';
import { addInstanceToShot, placeInAsset, placeInScene, removeInstanceFromShot } from './place-instance.ts';
import { Entity } from '../entity/entity.answers.ts';
import { z } from 'zod';

const SHOWN = raw(`i.id, i.asset_id, i.name, i.number, i.description, i.active, i.data, i.scene_id, i.target_asset_id, i.entity_id, i.entity_type_id, i.created_at, i.updated_at, 'AssetInstance' as type`);

/** Instances as an object of lists, by a column. */
const grouped = async (c: QueryContext, by: string, from: Statement): Promise<Rendered> => new Rendered(await c.db.text(sql`select coalesce(json_object_agg(key, list), '{}')::text as text from (
  select ${raw(by)} as key, json_agg(x order by i.number, i.log_position) as list from ${from} and ${raw(by)} is not null group by 1) g`));
const lateral = sql`cross join lateral (select ${SHOWN}) x`;

const listing = (path: string, param: string, kind: Kind, summary: string, by: string, from: (id: string) => Statement): Route =>
  route({ method: 'get', path, summary, answers: { 200: byKey(z.array(assetInstance.answer)) }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const entity = await readable(c, param, kind);
      c.keep([entity.project_id], 'person');
      return grouped(c, by, from(entity.id));
    } });

const ofShots = sql`asset_instance i join asset_instance_link l on l.asset_instance_id = i.id ${lateral}`;

/** Routes of assets placed in scenes, shots and other assets. */
export const assetInstanceRoutes: Route[] = [
  ...assetInstance.routes,
  listing('/data/scenes/{scene_id}/asset-instances', 'scene_id', 'scene', 'List the instances of a scene, by asset', 'i.asset_id', (id) => sql`asset_instance i ${lateral} where i.scene_id = ${id}`),
  listing('/data/scenes/{scene_id}/camera-instances', 'scene_id', 'scene', 'List the camera instances of a scene, by asset', 'i.asset_id', (id) => sql`asset_instance i ${lateral}
    join entity a on a.id = i.asset_id join entity_type et on et.id = a.entity_type_id and lower(et.name) = 'camera' where i.scene_id = ${id}`),
  listing('/data/shots/{shot_id}/asset-instances', 'shot_id', 'shot', 'List the instances of a shot, by asset', 'i.asset_id', (id) => sql`${ofShots} where l.entity_id = ${id}`),
  listing('/data/assets/{asset_id}/scene-asset-instances', 'asset_id', 'asset', 'List the instances of an asset, by scene', 'i.scene_id', (id) => sql`asset_instance i ${lateral} where i.asset_id = ${id}`),
  listing('/data/assets/{asset_id}/shot-asset-instances', 'asset_id', 'asset', 'List the instances of an asset, by shot', 'l.entity_id', (id) => sql`${ofShots} where i.asset_id = ${id}`),
  listing('/data/assets/{asset_id}/asset-asset-instances', 'asset_id', 'asset', 'List the instances placed in an asset, by asset', 'i.asset_id', (id) => sql`asset_instance i ${lateral} where i.target_asset_id = ${id}`),
  route({ method: 'post', path: '/data/scenes/{scene_id}/asset-instances', summary: 'Place an asset in a scene', body: z.object({ asset_id: z.guid(), description: z.string().max(200).nullish() }), answers: { 201: assetInstance.answer }, command: placeInScene, status: 201,
    input: (r) => ({ ...(r.body as object | null), where_id: r.params.scene_id }) }),
  route({ method: 'post', path: '/data/assets/{asset_id}/asset-asset-instances', summary: 'Place an asset in another asset', body: z.object({ asset_to_instantiate_id: z.guid(), description: z.string().max(200).nullish() }), answers: { 201: assetInstance.answer }, command: placeInAsset, status: 201,
    input: (r) => ({ description: (r.body as any)?.description, asset_id: (r.body as any)?.asset_to_instantiate_id, where_id: r.params.asset_id }) }),
  route({ method: 'post', path: '/data/shots/{shot_id}/asset-instances', summary: 'Say that an instance is seen in a shot', answers: { 201: Entity }, command: addInstanceToShot, status: 201 }),
  route({ method: 'delete', path: '/data/shots/{shot_id}/asset-instances/{asset_instance_id}', summary: 'Say that an instance is no longer seen in a shot', command: removeInstanceFromShot, status: 204 }),
];
