import { allow, bodySchema, flag, ids, list, listed, listQuery, newBodySchema, pathId, raw, Rendered, rendered, route, sql, wantsRelations, oneText, to, type Audience, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { NamedTask } from '@shotlog/tasks/task/task.answers';
import { z } from 'zod';
import { createEntity, createPlainEntity } from './create-entity.ts';
import { deleteEntities, deleteEntity, deleteEntityOf } from './delete-entity.ts';
import { Entity, EntityVersion, oneOf, oneWithTasks } from './entity.answers.ts';
import { entityShape } from './entity.columns.ts';
import type { Kind } from './entity.events.ts';
import { visible } from './entity.policy.ts';
import { filteredList, keepEntity, keepFor, listable, listOf, listWithTasks, readable, single, WITH_TASKS, withTasksText } from './entity.queries.ts';
import { RULES } from './kinds.ts';
import { addShotToScene, removeShotFromScene, updateEntity, updateShot } from './update-entity.ts';
import { entityFields } from './entity.events.ts';

const get = (path: string, summary: string, answer: z.ZodType, access: Audience, ask: (c: QueryContext) => Promise<unknown>, query?: Route['query']): Route =>
  route({ method: 'get', path, summary, query, answers: { 200: answer }, access, ask });
/** Vendors see what they are assigned to. */
const assigned = to.team.but({ vendor: 'filtered' });
/** Concepts are not shown to clients, and to vendors one by one only. */
const readers = (kind: Kind): Audience => (kind === 'concept' ? assigned.but({ client: 'refused' }) : assigned);
const listReaders = (kind: Kind): Audience => (kind === 'concept' ? to.teamStaff : assigned);
/** Over productions everybody lists the assets that they may see; all else is listed for one production, or for admins. */
const overAll = (kind: Kind): Audience => (kind === 'asset' ? assigned.listed : listReaders(kind));

const { page: _, limit: __, fields: ___, relations: ____, ...filterable } = listQuery(entityShape);

/** What every kind of entity has: lists over productions and in one, single ones, creation and deletion. Assets are created below their type. */
const ofKind = (kind: Kind): Route[] => {
  const { plural } = RULES[kind];
  const base = `/data/projects/{project_id}/${plural}`;
  const one = `/data/${plural}/{${kind}_id}`;
  return [
    ...(kind === 'scene' ? [] : [get(`/data/${plural}`, `List ${plural} over productions`, z.array(oneOf[kind]), overAll(kind), (c) => filteredList(c, kind), filterable)]),
    ...(['asset', 'shot', 'scene', 'edit'].includes(kind) ? [get(`/data/${plural}/all`, `List ${plural} over productions`, z.array(oneOf[kind]), overAll(kind), (c) => filteredList(c, kind), filterable)] : []),
    get(`/data/${plural}/with-tasks`, `List ${plural} with their tasks`, z.array(oneWithTasks[kind]), overAll(kind), (c) => listWithTasks(c, kind), filterable),
    get(one, `Get one ${kind}`, WITH_TASKS.includes(kind) ? oneWithTasks[kind] : oneOf[kind], readers(kind), (c) => single(c, kind)),
    get(base, `List the ${plural} of a production`, z.array(oneOf[kind]), listReaders(kind), async (c) => listOf(c, await listable(c, pathId(c.request, 'project_id'), kind), kind)),
    ...(kind === 'asset' ? [] : [route({ method: 'post', path: base, summary: `Create a ${kind}`, answers: { 201: oneOf[kind] }, command: createEntity[kind], status: 201 })]),
    route({ method: 'delete', path: one, summary: `Delete a ${kind}, or cancel it`, query: { force: 'true deletes what would be canceled or refused' }, command: deleteEntityOf[kind], status: 204,
      input: (r) => ({ id: r.params[`${kind}_id`], force: flag(r.search, 'force') }) }),
  ];
};

/** Below an entity of one kind, entities of another. */
const below = (path: string, parent: Kind, kind: Kind, where: (id: string) => Statement, named = false): Route =>
  get(path, `List the ${RULES[kind].plural} of one ${parent}`, z.array(oneOf[kind]), assigned, async (c) => {
    const above = await readable(c, `${parent}_id`, parent);
    return listOf(c, above.project_id, kind, where(above.id), named);
  });

/** Tasks of what hangs below an entity, with the names that lists of tasks show. */
const tasksBelow = (path: string, parent: Kind, where: (id: string) => Statement): Route => get(path, `List the tasks below one ${parent}`, z.array(NamedTask), to.team.but({ vendor: 'refused' }), async (c) => {
  const above = await readable(c, `${parent}_id`, parent);
  allow(c.caller.roleIn(above.project_id) !== 'vendor');
  keepFor(c, above.project_id);
  return rendered(c.db, sql`select k.id, k.name, k.description, k.priority, k.difficulty, k.duration, k.estimation, k.completion_rate, k.retake_count, k.sort_order, k.start_date, k.due_date, k.real_start_date, k.end_date,
      k.done_date, k.last_comment_date, k.nb_assets_ready, k.data, k.nb_drawings, k.shotgun_id, k.last_preview_file_id, k.project_id, k.task_type_id, k.task_status_id, k.entity_id, k.assigner_id, k.assignees,
      k.created_at, k.updated_at, t.name as entity_name, et.name as entity_type_name, p.name as project_name, ts.name as task_status_name, tt.name as task_type_name, 'Task' as type
    from task k join entity t on t.id = k.entity_id left join entity_type et on et.id = t.entity_type_id left join project p on p.id = k.project_id
      left join task_status ts on ts.id = k.task_status_id left join task_type tt on tt.id = k.task_type_id
    where ${where(above.id)} order by k.log_position`);
});

const versions = (kind: Kind): Route => get(`/data/${RULES[kind].plural}/{${kind}_id}/versions`, `List what one ${kind} was before`, z.array(EntityVersion), assigned, async (c) => {
  const entity = await readable(c, `${kind}_id`, kind);
  keepFor(c, entity.project_id);
  return rendered(c.db, sql`select id, name, data, entity_id, person_id, created_at, updated_at, 'EntityVersion' as type from entity_version where entity_id = ${entity.id} order by log_position desc`);
});

const generic: Route[] = [
  get('/data/entities', 'List the entities that you may see', listed(Entity), assigned.listed, async (c) => {
    c.keep(['*'], 'person');
    return list({ shape: entityShape, db: c.db, caller: c.caller, request: c.request, scope: visible(c.caller) });
  }, listQuery(entityShape)),
  get('/data/entities/{instance_id}', 'Get one entity', Entity, assigned, async (c) => {
    const entity = await readable(c, 'instance_id', null, 400);
    keepEntity(c, entity);
    return new Rendered((await oneText(c.db, entityShape, c.caller, sql`t.id = ${entity.id}`, wantsRelations(c.request)))!);
  }),
  route({ method: 'post', path: '/data/entities', summary: 'Create an entity of any type', body: newBodySchema(entityFields), answers: { 201: Entity }, command: createPlainEntity, status: 201, input: (r) => ({ ...(r.body as object | null), id: undefined }) }),
  route({ method: 'put', path: '/data/entities/{instance_id}', summary: 'Change an entity; data is merged', body: bodySchema(entityFields), answers: { 200: Entity }, command: updateEntity, status: 200, input: (r) => ({ id: r.params.instance_id, changes: r.body ?? {} }) }),
  route({ method: 'delete', path: '/data/entities/{instance_id}', summary: 'Delete an entity', command: deleteEntity, status: 204,
    input: (r) => ({ id: r.params.instance_id, force: flag(r.search, 'force') }) }),
  get('/data/entities/{entity_id}/entities-linked/with-tasks', 'List the concepts that are linked to an entity, with their tasks', z.array(oneWithTasks.concept), assigned, async (c) => {
    const entity = await readable(c, 'entity_id', null);
    c.keep([entity.project_id], 'person');
    const where = sql`t.kind = 'concept' and t.project_id = ${entity.project_id} and ${entity.id}::uuid = any(t.entity_concept_links) and ${visible(c.caller) ?? raw('true')}`;
    return new Rendered(await withTasksText(c.db, c.caller, 'concept', where, raw('true')));
  }),
  route({ method: 'post', path: '/actions/projects/{project_id}/delete-entities', summary: 'Delete several entities', body: ids, answers: { 200: ids }, command: deleteEntities, status: 200,
    input: (r) => ({ project_id: r.params.project_id, ids: r.body ?? [], force: flag(r.search, 'force') }) }),
];

const inEpisode = (id: string) => sql`t.parent_id in (select id from entity where parent_id = ${id})`;

/** Routes of entities of every kind, but for what is special about assets. */
export const entityRoutes: Route[] = [
  ...generic,
  ...(['shot', 'asset', 'sequence', 'episode', 'scene', 'edit', 'concept'] as const).flatMap(ofKind),
  route({ method: 'put', path: '/data/shots/{shot_id}', summary: 'Change a shot; data is replaced', body: bodySchema(entityFields), answers: { 200: Entity }, command: updateShot, status: 200, input: (r) => ({ id: r.params.shot_id, changes: r.body ?? {} }) }),
  versions('shot'), versions('edit'),
  below('/data/episodes/{episode_id}/sequences', 'episode', 'sequence', (id) => sql`t.parent_id = ${id}`),
  below('/data/episodes/{episode_id}/shots', 'episode', 'shot', inEpisode),
  below('/data/episodes/{episode_id}/edits', 'episode', 'edit', (id) => sql`t.parent_id = ${id}`),
  below('/data/sequences/{sequence_id}/shots', 'sequence', 'shot', (id) => sql`t.parent_id = ${id}`, true),
  below('/data/sequences/{sequence_id}/scenes', 'sequence', 'scene', (id) => sql`t.parent_id = ${id}`),
  below('/data/scenes/{scene_id}/shots', 'scene', 'shot', (id) => sql`t.source_id = ${id}`, true),
  tasksBelow('/data/episodes/{episode_id}/shot-tasks', 'episode', (id) => sql`t.kind = 'shot' and ${inEpisode(id)}`),
  tasksBelow('/data/episodes/{episode_id}/asset-tasks', 'episode', (id) => sql`t.kind = 'asset' and t.source_id = ${id}`),
  tasksBelow('/data/episodes/{episode_id}/edit-tasks', 'episode', (id) => sql`t.kind = 'edit' and t.parent_id = ${id}`),
  tasksBelow('/data/sequences/{sequence_id}/shot-tasks', 'sequence', (id) => sql`t.kind = 'shot' and t.parent_id = ${id}`),
  route({ method: 'post', path: '/data/scenes/{scene_id}/shots', summary: 'Say that a shot is made of a scene', answers: { 201: Entity }, command: addShotToScene, status: 201 }),
  route({ method: 'delete', path: '/data/scenes/{scene_id}/shots/{shot_id}', summary: 'Take a shot out of a scene', command: removeShotFromScene, status: 204 }),
];
