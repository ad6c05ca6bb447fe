import { byKey, NotFound, pathId, raw, Rendered, rendered, route, sql, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { listColumns } from '../entity/entity.columns.ts';
import { mayReadCasting, visible } from '../entity/entity.policy.ts';
import { listable, readable } from '../entity/entity.queries.ts';
import { castAsset } from './cast-asset.ts';
import { castingOf, JOINED } from './casting.queries.ts';
import { CastingEntry, setCasting, setCastings } from './set-casting.ts';
import { oneOf } from '../entity/entity.answers.ts';
import { Cast, CastIn, CastingSent, Castings, CastingsSent } from './casting.answers.ts';
import { z } from 'zod';

/** What is cast may be shared by any production, and so change with it. */
const keepCasting = (c: QueryContext): void => c.keep(['*'], 'person');

/** Castings by entity id: an object of lists, rendered by PostgreSQL. `t` is who casts, `s` its sequence. */
const castings = async (c: QueryContext, project_id: string, where: Statement): Promise<Rendered> => {
  mayReadCasting(c.caller, project_id);
  keepCasting(c);
  return new Rendered(await c.db.text(sql`select coalesce(json_object_agg(id, list), '{}')::text as text from (
    select t.id, json_agg(x order by a.name, a.id) as list from ${JOINED} join entity t on t.id = l.entity_in_id left join entity s on s.id = t.parent_id
      cross join lateral (select a.id as asset_id, a.name as asset_name, a.name, et.name as asset_type_name, a.is_shared, a.preview_file_id, a.project_id, l.nb_occurences, coalesce(l.label, '') as label,
        s.name as sequence_name) x
    where l.project_id = ${project_id} and ${where} group by t.id) g`));
};

const project = (c: QueryContext) => listable(c, pathId(c.request, 'project_id'));
const inProject = async (c: QueryContext, project_id: string, param: string, kind: string): Promise<string> => {
  const id = pathId(c.request, param);
  if (!(await c.db.one(sql`select 1 from entity where id = ${id} and kind = ${kind} and project_id = ${project_id}`))) throw new NotFound(kind, id);
  return id;
};

/** Where an asset is cast, as far as the caller may see it: in shots, and in other assets. */
const castIn = async (c: QueryContext, asset_id: string): Promise<Rendered> => new Rendered(await c.db.text(sql`select coalesce(json_agg(x.row order by x.log_position), '[]')::text as text from (
    select t.log_position, json_build_object('shot_id', t.id, 'shot_name', t.name, 'sequence_id', s.id, 'sequence_name', s.name, 'episode_id', coalesce(ep.id::text, 'None'), 'episode_name', ep.name, 'preview_file_id', t.preview_file_id,
        'nb_occurences', l.nb_occurences, 'label', coalesce(l.label, ''), 'project_id', t.project_id) as row
      from entity_link l join entity t on t.id = l.entity_in_id and t.kind = 'shot' left join entity s on s.id = t.parent_id left join entity ep on ep.id = s.parent_id where l.entity_out_id = ${asset_id} and ${visible(c.caller) ?? raw('true')}
    union all
    select t.log_position, json_build_object('asset_id', t.id, 'asset_name', t.name, 'asset_type_name', et.name, 'preview_file_id', t.preview_file_id, 'nb_occurences', l.nb_occurences, 'label', coalesce(l.label, ''),
        'project_id', t.project_id)
      from entity_link l join entity t on t.id = l.entity_in_id and t.kind = 'asset' left join entity_type et on et.id = t.entity_type_id where l.entity_out_id = ${asset_id} and ${visible(c.caller) ?? raw('true')}) x`));

const assetsOf = (c: QueryContext, entity_id: string): Promise<Rendered> =>
  rendered(c.db, sql`select ${listColumns('asset', false)} from entity t join entity_link l on l.entity_out_id = t.id where l.entity_in_id = ${entity_id} order by t.name, t.id`);

/** Shared assets of other productions that this one casts. */
const sharedUsed = async (c: QueryContext, project_id: string, casters: Statement): Promise<Rendered> => {
  keepCasting(c);
  return rendered(c.db, sql`select ${listColumns('asset', false)} from entity t where t.kind = 'asset' and t.is_shared and t.project_id <> ${project_id}
    and t.id in (select l.entity_out_id from entity_link l join entity e on e.id = l.entity_in_id where l.project_id = ${project_id} and ${casters}) order by t.log_position`);
};

const base = '/data/projects/{project_id}';

/** Routes of what is cast where. */
export const castingRoutes: Route[] = [
  route({ method: 'get', path: `${base}/entities/{entity_id}/casting`, summary: 'List what an entity casts', answers: { 200: z.array(Cast) }, access: to.team.but({ vendor: 'refused' }),
    ask: async (c) => {
      const project_id = await project(c);
      const entity = await readable(c, 'entity_id', null);
      if (entity.project_id !== project_id) throw new NotFound('entity', entity.id);
      mayReadCasting(c.caller, project_id);
      keepCasting(c);
      return castingOf(c.db, entity.id);
    } }),
  route({ method: 'put', path: `${base}/entities/{entity_id}/casting`, summary: 'Replace the casting of an entity', body: z.array(CastingEntry), answers: { 200: CastingSent }, command: setCasting, status: 200,
    input: (r) => ({ ...r.params, casting: r.body }) }),
  route({ method: 'put', path: `${base}/entities/casting`, summary: 'Replace the castings of several entities', body: byKey(z.array(CastingEntry)), answers: { 200: CastingsSent }, command: setCastings, status: 200, input: (r) => ({ ...r.params, castings: r.body }) }),
  route({ method: 'put', path: `${base}/entities/casting/assets/{asset_id}`, summary: 'Cast one asset in several entities, or take it out', answers: { 200: byKey(z.array(Cast)) }, command: castAsset, status: 200,
    input: (r) => ({ ...(r.body ?? {}) as object, ...r.params }) }),
  route({ method: 'get', path: `${base}/episodes/casting`, summary: 'List every casting of a production', answers: { 200: Castings }, access: to.team.but({ vendor: 'refused' }), ask: async (c) => castings(c, await project(c), raw('true')) }),
  route({ method: 'get', path: `${base}/sequences/all/casting`, summary: 'List the castings of all shots', answers: { 200: Castings }, access: to.team.but({ vendor: 'refused' }), ask: async (c) => castings(c, await project(c), raw(`t.kind = 'shot'`)) }),
  route({ method: 'get', path: `${base}/sequences/{sequence_id}/casting`, summary: 'List the castings of a sequence', answers: { 200: Castings }, access: to.team.but({ vendor: 'refused' }),
    ask: async (c) => {
      const project_id = await project(c);
      return castings(c, project_id, sql`t.kind = 'shot' and t.parent_id = ${await inProject(c, project_id, 'sequence_id', 'sequence')}`);
    } }),
  route({ method: 'get', path: `${base}/episodes/{episode_id}/sequences/all/casting`, summary: 'List the castings of all shots of an episode', answers: { 200: Castings }, access: to.team.but({ vendor: 'refused' }),
    ask: async (c) => {
      const project_id = await project(c);
      return castings(c, project_id, sql`t.kind = 'shot' and s.parent_id = ${await inProject(c, project_id, 'episode_id', 'episode')}`);
    } }),
  route({ method: 'get', path: `${base}/asset-types/{asset_type_id}/casting`, summary: 'List the castings of all assets of a type', answers: { 200: Castings }, access: to.team.but({ vendor: 'refused' }),
    ask: async (c) => castings(c, await project(c), sql`t.kind = 'asset' and t.entity_type_id = ${pathId(c.request, 'asset_type_id')}`) }),
  route({ method: 'get', path: `${base}/assets/shared-used`, summary: 'List the shared assets of other productions that are cast', answers: { 200: z.array(oneOf.asset) }, access: to.team, ask: async (c) => sharedUsed(c, await project(c), raw('true')) }),
  route({ method: 'get', path: `${base}/episodes/{episode_id}/assets/shared-used`, summary: 'List the shared assets of other productions that an episode casts', answers: { 200: z.array(oneOf.asset) }, access: to.team,
    ask: async (c) => {
      const project_id = await project(c);
      const episode_id = await inProject(c, project_id, 'episode_id', 'episode');
      return sharedUsed(c, project_id, sql`(e.id = ${episode_id} or e.parent_id in (select id from entity where parent_id = ${episode_id}))`);
    } }),
  route({ method: 'get', path: '/data/assets/{asset_id}/casting', summary: 'List what an asset casts', answers: { 200: z.array(Cast) }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const asset = await readable(c, 'asset_id', 'asset');
      keepCasting(c);
      return castingOf(c.db, asset.id);
    } }),
  route({ method: 'put', path: '/data/assets/{asset_id}/casting', summary: 'Replace the casting of an asset', body: z.array(CastingEntry), answers: { 200: CastingSent }, command: setCasting, status: 200,
    input: (r) => ({ project_id: null, entity_id: r.params.asset_id, casting: r.body }) }),
  route({ method: 'get', path: '/data/assets/{asset_id}/cast-in', summary: 'List where an asset is cast', answers: { 200: z.array(CastIn) }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const asset = await readable(c, 'asset_id', 'asset');
      keepCasting(c);
      return castIn(c, asset.id);
    } }),
  route({ method: 'get', path: '/data/assets/{asset_id}/assets', summary: 'List the assets that an asset casts', answers: { 200: z.array(oneOf.asset) }, access: to.team.but({ vendor: 'filtered' }), ask: async (c) => assetsOf(c, (await readable(c, 'asset_id', 'asset')).id) }),
  route({ method: 'get', path: '/data/shots/{shot_id}/assets', summary: 'List the assets that a shot casts', answers: { 200: z.array(oneOf.asset) }, access: to.team.but({ vendor: 'filtered' }), ask: async (c) => assetsOf(c, (await readable(c, 'shot_id', 'shot')).id) }),
];
