import { department } from '@shotlog/auth/department/department';
import { organisation } from '@shotlog/auth/organisation/organisation';
import { assetInstance } from '@shotlog/breakdown/asset-instance/asset-instance';
import { entityNeighbour } from '@shotlog/breakdown/entity/neighbour';
import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { projectNeighbour } from '@shotlog/breakdown/project/neighbour';
import { apiTime, common, f, insert, json, madeAt, neighbour, on, projection, raw, remove, sql, table, update, type Projection, type Statement } from '@shotlog/kernel';
import { PlaylistCreated, PlaylistDeleted, PlaylistEntityAdded, PlaylistUpdated } from '@shotlog/playlists/playlist/playlist.events';
import { commentProjection } from '@shotlog/tasks/comment/comment.projection';
import { CommentDeleted, TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { attachmentFile } from './attachment-file/attachment-file.ts';
import { PreviewFileDeleted } from './preview-file/preview-file.events.ts';
import { workingFile } from './working-file/working-file.ts';

/**
 * Previews, attachments and working files whose comment, task, entity or production is gone: no longer shown from that moment, and kept here until
 * the process has written down their end and removed their objects.
 */
const doomed = table('doomed', { id: f.uuid(), kind: f.text() });

/** Takes what hangs on something deleted out of sight. `where` names the rows by their columns. */
const doom = (kind: 'preview_file' | 'attachment_file' | 'working_file', where: Statement): Statement[] => [
  sql`insert into doomed (id, kind) select id, ${kind} from "${raw(kind)}" where ${where} on conflict do nothing`,
  sql`delete from "${raw(kind)}" where ${where}`,
];
const filesOf = (column: string, id: string): Statement[] => {
  const tasks = sql`task_id in (select id from task where ${raw(column)} = ${id})`;
  const comments = sql`comment_id in (select c.id from comment c join task t on t.id = c.object_id where t.${raw(column)} = ${id})`;
  return [...doom('preview_file', tasks), ...doom('attachment_file', comments),
    ...doom('working_file', tasks), sql`delete from comment where object_id in (select id from task where ${raw(column)} = ${id})`, sql`delete from task where ${raw(column)} = ${id}`];
};

export const projects = projectNeighbour(['name', 'code', 'fps', 'ratio', 'resolution', 'production_type', 'file_tree', 'hd_bitrate_compression', 'ld_bitrate_compression', 'is_set_preview_automated',
  'is_clients_isolated', 'is_preview_download_allowed', 'is_single_preview_per_revision', 'default_preview_background_file_id'], {
  gone: (id) => [...filesOf('project_id', id), sql`delete from output_file where project_id = ${id}`],
});
export const entities = entityNeighbour(['name', 'code', 'project_id', 'entity_type_id', 'parent_id', 'source_id', 'nb_frames', 'data', 'shotgun_id'], {
  indexes: ['project_id, kind, lower(name)', 'parent_id'],
  gone: (id) => [...filesOf('entity_id', id), ...doom('working_file', sql`entity_id = ${id}`), sql`delete from output_file where entity_id = ${id} or temporal_entity_id = ${id}`],
});
export const entityTypes = neighbour(entityType, ['name']);
export const taskTypes = neighbour(taskType, ['name', 'short_name', 'for_entity', 'department_id']);
export const departments = neighbour(department, ['name']);
const organisations = neighbour(organisation, ['name']);
const assetInstances = neighbour(assetInstance, ['name', 'number', 'asset_id', 'scene_id', 'project_id']);

const tasks = table('task', { ...common, name: f.text(), project_id: f.uuid(), entity_id: f.uuid(), task_type_id: f.uuid(), task_status_id: f.uuid(), assignees: f.uuids(), shotgun_id: f.integer() },
  { indexes: ['entity_id', 'project_id'] });
const taskProjection = projection('task', [tasks, doomed], [
  on(TaskCreated, (e) => insert(tasks, { ...e.data, id: e.data.task_id, created_at: madeAt(e), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(TaskUpdated, (e) => update(tasks, e.data.task_id, e.data.changes)),
  on(TaskAssigned, (e) => sql`update task set assignees = array_append(array_remove(assignees, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid) where id = ${e.data.task_id}`),
  on(TaskUnassigned, (e) => sql`update task set assignees = array_remove(assignees, ${e.data.person_id}::uuid) where id = ${e.data.task_id}`),
  on(TaskDeleted, (e) => filesOf('id', e.data.task_id)),
]);

/** Before the comment's own row goes. One that only moved to another task keeps its files. */
const commentEnds = projection('comment_ends', [], [
  on(CommentDeleted, (e: any) => (e.data.moved_to ? [] : [...doom('preview_file', sql`comment_id = ${e.data.comment_id}`), ...doom('attachment_file', sql`comment_id = ${e.data.comment_id}`)])),
]);

const doomEnds = projection('doom_ends', [], [
  on(PreviewFileDeleted, (e) => remove(doomed, e.data.preview_file_id)),
  ...[attachmentFile, workingFile].map((of) => on(of.events.deleted, (e) => remove(doomed, e.data[of.idKey]))),
]);

const playlists = table('playlist', { ...common, project_id: f.uuid(), for_client: f.boolean(), shots: f.json() }, { indexes: ['project_id'] });
const playlistProjection = projection('playlist', [playlists], [
  on(PlaylistCreated, (e) => insert(playlists, { ...e.data, id: e.data.playlist_id })),
  on(PlaylistUpdated, (e) => update(playlists, e.data.playlist_id, e.data.changes)),
  on(PlaylistEntityAdded, (e) => sql`update playlist set shots = coalesce(shots, '[]'::jsonb) || ${json([{ entity_id: e.data.entity_id, preview_file_id: e.data.preview_file_id }])} where id = ${e.data.playlist_id}`),
  on(PlaylistDeleted, (e) => remove(playlists, e.data.playlist_id)),
]);

/** What this service keeps of its neighbours. */
export const neighbourProjections: Projection[] = [
  projects.projection, entities.projection, entityTypes.projection, taskTypes.projection, departments.projection, organisations.projection, assetInstances.projection, taskProjection, commentEnds, commentProjection, doomEnds, playlistProjection,
];
