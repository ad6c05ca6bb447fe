import { allow, isId, join, list, listed, NotFound, oneText, only, pageOf, pathId, raw, rendered, Rendered, route, sql, to, wantsRelations, type Caller, type Db, type Route, type Statement } from '@shotlog/kernel';
import { previewFileShape } from './preview-file.projection.ts';
import { visibleTo } from './preview-file.policy.ts';
import { previewList, taskRow, visibleRow } from './preview-file.queries.ts';
import { EntityPreview, PreviewFile, PreviewsByTaskType } from './preview-file.answers.ts';
import { z } from 'zod';

const entityOf = async (db: Db, id: string, kind?: string): Promise<{ id: string; project_id: string }> => {
  const row = isId(id) ? await db.one<{ id: string; project_id: string }>(sql`select id, project_id from entity where id = ${id} ${kind ? sql`and kind = ${kind}` : raw('')}`) : null;
  if (!row) throw new NotFound(kind ?? 'entity', id.slice(0, 60));
  return row;
};

/** Vendors open what they are assigned to; everybody else of the team opens the list, of which clients see what is shared. */
const opens = async (db: Db, caller: Caller, project_id: string, tasks: Statement): Promise<void> => {
  only.team(caller, project_id);
  if (caller.roleIn(project_id) === 'vendor') allow((await db.one(sql`select 1 from task k where ${tasks} and ${caller.id}::uuid = any(k.assignees) limit 1`)) !== null);
};

const scoped = (caller: Caller, where: Statement): Statement => {
  const scope = visibleTo(caller);
  return join([where, ...(scope ? [scope] : [])], ' and ');
};

const SHORT = 't.id, t.name, t.original_name, t.extension, t.revision, t.position, t.file_size, t.status, t.validation_status, t.task_id, t.person_id, t.created_at, t.token_in, t.token_out';
const PLAYED = `'id', t.id, 'revision', t.revision, 'position', t.position, 'original_name', t.original_name, 'extension', t.extension, 'width', t.width, 'height', t.height, 'duration', t.duration, 'status', t.status,
  'annotations', t.annotations, 'created_at', t.created_at, 'task_id', t.task_id, 'original_width', t.data->'original_width', 'original_height', t.data->'original_height', 'original_duration', t.data->'original_duration',
  'original_file_size', t.data->'original_file_size'`;

/** Revisions of an entity by task type, newest first, each with the other files of the revision. */
const byTaskType = async (db: Db, caller: Caller, entity_id: string): Promise<Rendered> => new Rendered(await db.text(sql`with seen as (
    select t.*, row_number() over (partition by t.task_id, t.revision order by t.position, t.log_position) as n from preview_file t where ${scoped(caller, sql`t.of_entity_id = ${entity_id}`)} and t.of_task_type_id is not null)
  select coalesce(json_object_agg(task_type_id, previews), '{}')::text as text from (
    select t.of_task_type_id as task_type_id, json_agg(jsonb_build_object(${raw(PLAYED)}, 'previews',
      (select coalesce(jsonb_agg(jsonb_build_object(${raw(PLAYED.replaceAll('t.', 'o.'))}) order by o.position), '[]') from seen o where o.task_id = t.task_id and o.revision = t.revision and o.n > 1)) order by t.revision desc) as previews
    from seen t where t.n = 1 group by t.of_task_type_id) types`));

const ofKind = (kind: 'shot' | 'edit' | 'concept'): Route => route({
  method: 'get', path: `/data/${kind}s/{${kind}_id}/preview-files`, summary: `List the revisions of a ${kind}'s previews by task type`, answers: { 200: PreviewsByTaskType }, access: to.team.but({ client: kind === 'concept' ? 'refused' : 'filtered', vendor: 'filtered' }),
  ask: async (c) => {
    const entity = await entityOf(c.db, c.request.params[`${kind}_id`] ?? '', kind);
    allow(kind !== 'concept' || c.caller.roleIn(entity.project_id) !== 'client');
    await opens(c.db, c.caller, entity.project_id, sql`k.entity_id = ${entity.id}`);
    c.keep([entity.project_id], 'person');
    return byTaskType(c.db, c.caller, entity.id);
  },
});

/** Previews as records. */
export const listRoutes: Route[] = [
  route({
    method: 'get', path: '/data/preview-files', summary: 'List the preview files that you may see', answers: { 200: listed(PreviewFile) }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }).listed,
    ask: (c) => {
      c.keep(['*'], 'person');
      return list({ shape: previewFileShape, db: c.db, caller: c.caller, request: c.request, scope: visibleTo(c.caller) });
    },
  }),
  route({
    method: 'get', path: '/data/preview-files/{instance_id}', summary: 'Get one preview file', answers: { 200: PreviewFile }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const row = await visibleRow(c.db, c.caller, pathId(c.request, 'instance_id', 400));
      c.keep([row.project_id ?? 'studio'], 'person');
      return new Rendered((await oneText(c.db, previewFileShape, c.caller, sql`t.id = ${row.id}`, wantsRelations(c.request)))!);
    },
  }),
  route({
    method: 'get', path: '/data/tasks/{task_id}/previews', summary: "List a task's previews, newest revision first", answers: { 200: z.array(PreviewFile) }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const task = await taskRow(c.db, c.request.params.task_id ?? '');
      await opens(c.db, c.caller, task.project_id, sql`k.id = ${task.id}`);
      c.keep([task.project_id], 'person');
      return previewList(c.db, c.caller, sql`t.task_id = ${task.id}`, raw('t.revision desc, t.position, t.log_position'));
    },
  }),
  route({
    method: 'get', path: '/data/entities/{entity_id}/preview-files', summary: "List an entity's previews, newest revision first", answers: { 200: z.array(EntityPreview) }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const entity = await entityOf(c.db, c.request.params.entity_id ?? '');
      await opens(c.db, c.caller, entity.project_id, sql`k.entity_id = ${entity.id}`);
      c.keep([entity.project_id], 'person');
      return rendered(c.db, sql`select ${raw(SHORT)} from preview_file t where ${scoped(c.caller, sql`t.of_entity_id = ${entity.id}`)} order by t.revision desc, t.position, t.log_position`);
    },
  }),
  ofKind('shot'), ofKind('edit'), ofKind('concept'),
  route({
    method: 'get', path: '/data/projects/{project_id}/preview-files', summary: 'List all previews of a production (admins)', answers: { 200: listed(PreviewFile) }, query: { page: 'a page of them', limit: 'how many a page has' }, access: to.admins,
    ask: async (c) => {
      const id = pathId(c.request, 'project_id');
      if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('project', id);
      c.keep([id], 'person');
      const where = sql`t.production_id = ${id}`;
      return pageOf(c.request.search) ? list({ shape: previewFileShape, db: c.db, caller: c.caller, request: c.request, scope: where }) : previewList(c.db, c.caller, where);
    },
  }),
];
