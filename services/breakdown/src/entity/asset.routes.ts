import { pathId, rendered, route, sql, to, type Audience, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { AssetType } from '../entity-type/entity-type.answers.ts';
import { createEntity } from './create-entity.ts';
import { oneOf } from './entity.answers.ts';
import { listColumns } from './entity.columns.ts';
import { assignedTo, visibleIn } from './entity.policy.ts';
import { assignedOf, keepFor, listable, listOf, readable } from './entity.queries.ts';
import { setShotFrames } from './set-shot-frames.ts';
import { shareAssets, shareProjectAssets } from './share-assets.ts';

const get = (path: string, summary: string, answer: z.ZodType, access: Audience, ask: (c: QueryContext) => Promise<unknown>): Route =>
  route({ method: 'get', path, summary, answers: { 200: answer }, access, ask });
/** Vendors see what they are assigned to. */
const assigned = to.team.but({ vendor: 'filtered' });
const project = (c: QueryContext) => listable(c, pathId(c.request, 'project_id'));

/** Asset types that `from` (entities `t`) are of. */
const types = (c: QueryContext, where: Statement) => rendered(c.db, sql`select et.id, et.name, et.short_name, et.description, et.archived, et.created_at, et.updated_at, 'AssetType' as type
  from entity_type et where et.id in (select t.entity_type_id from entity t where t.kind = 'asset' and ${where}) order by et.name`);

const mine = (c: QueryContext, project_id: string): Statement => sql`t.project_id = ${project_id} and t.id in (${assignedTo(c.caller.personId)})`;
const ofUser = (path: string, summary: string, answer: z.ZodType, ask: (c: QueryContext, project_id: string) => Promise<unknown>): Route =>
  get(path, summary, answer, to.team.listed, async (c) => {
    const project_id = pathId(c.request, 'project_id');
    c.keep(['*'], 'person');
    return ask(c, project_id);
  });
const u = '/data/user/projects/{project_id}';

/** Routes that only assets have, and what the tasks of the caller are about. */
export const assetRoutes: Route[] = [
  route({ method: 'post', path: '/data/projects/{project_id}/asset-types/{asset_type_id}/assets/new', summary: 'Create an asset', answers: { 201: oneOf.asset }, command: createEntity.asset, status: 201 }),
  get('/data/projects/{project_id}/asset-types/{asset_type_id}/assets', 'List the assets of a type in a production', z.array(oneOf.asset), assigned, async (c) => {
    const project_id = await project(c);
    return listOf(c, project_id, 'asset', sql`t.entity_type_id = ${pathId(c.request, 'asset_type_id')}`);
  }),
  get('/data/projects/{project_id}/asset-types', 'List the types of the assets of a production', z.array(AssetType), to.team, async (c) => {
    const project_id = await project(c);
    keepFor(c, project_id);
    return types(c, sql`t.project_id = ${project_id} and ${visibleIn(c.caller, project_id)}`);
  }),
  get('/data/shots/{shot_id}/asset-types', 'List the types of the assets that a shot casts', z.array(AssetType), assigned, async (c) => {
    const shot = await readable(c, 'shot_id', 'shot');
    return types(c, sql`t.id in (select entity_out_id from entity_link where entity_in_id = ${shot.id})`);
  }),
  route({ method: 'post', path: '/actions/assets/share', summary: 'Share assets with other productions, or no longer', answers: { 200: z.array(oneOf.asset) }, command: shareAssets, status: 200 }),
  route({ method: 'post', path: '/actions/projects/{project_id}/assets/share', summary: 'Share all assets of a production, or no longer', answers: { 200: z.array(oneOf.asset) }, command: shareProjectAssets, status: 200 }),
  route({ method: 'post', path: '/actions/projects/{project_id}/asset-types/{asset_type_id}/assets/share', summary: 'Share all assets of a type in a production, or no longer', answers: { 200: z.array(oneOf.asset) }, command: shareProjectAssets, status: 200 }),
  route({ method: 'post', path: '/actions/projects/{project_id}/task-types/{task_type_id}/set-shot-nb-frames', summary: 'Set the frames of shots from their latest movies', answers: { 200: z.array(z.object({ id: z.guid(), nb_frames: z.int() })) }, command: setShotFrames, status: 200 }),
  ofUser(`${u}/asset-types`, 'List the types of the assets that you have tasks on', z.array(AssetType), (c, p) => types(c, mine(c, p))),
  ofUser(`${u}/asset-types/{asset_type_id}/assets`, 'List the assets of a type that you have tasks on', z.array(oneOf.asset), (c, p) => assignedOf(c, 'asset', sql`t.project_id = ${p} and t.entity_type_id = ${pathId(c.request, 'asset_type_id')}`)),
  ofUser(`${u}/episodes`, 'List the episodes that you have tasks in', z.array(oneOf.episode), (c, p) => assignedOf(c, 'episode', sql`t.project_id = ${p}`)),
  ofUser(`${u}/sequences`, 'List the sequences that you have tasks in', z.array(oneOf.sequence), (c, p) => assignedOf(c, 'sequence', sql`t.project_id = ${p}`)),
  ...(['shot', 'scene'] as const).map((kind) => get(`/data/user/sequences/{sequence_id}/${kind}s`, `List the ${kind}s of a sequence that you have tasks on`, z.array(oneOf[kind]), to.team.listed, async (c) => {
    const sequence_id = pathId(c.request, 'sequence_id');
    c.keep(['*'], 'person');
    return rendered(c.db, sql`select ${listColumns(kind, false)} from entity t where t.kind = ${kind} and t.parent_id = ${sequence_id} and t.id in (${assignedTo(c.caller.personId)}) order by t.log_position`);
  })),
];
