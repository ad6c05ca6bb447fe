import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { entityNeighbour } from '@shotlog/breakdown/entity/neighbour';
import { projectNeighbour } from '@shotlog/breakdown/project/neighbour';
import { attachmentFile } from '@shotlog/files/attachment-file/attachment-file';
import { PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated } from '@shotlog/files/preview-file/preview-file.events';
import { f, insert, neighbour, on, projection, raw, remove, sql, table, update, type Statement } from '@shotlog/kernel';
import { PlaylistCreated, PlaylistDeleted, PlaylistUpdated } from '@shotlog/playlists/playlist/playlist.events';
import { commentProjection } from '@shotlog/tasks/comment/comment.projection';
import { TaskAssigned, TaskCreated, TaskDeleted, TaskUnassigned, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';

/** What goes with tasks, wherever they go: the rows of these tables by their column. */
const tasksGone = (where: Statement): Statement[] => [
  ...([['news', 'task_id'], ['notification', 'task_id'], ['subscription', 'task_id'], ['comment', 'object_id'], ['preview_file', 'task_id']] as const)
    .map(([name, column]) => sql`delete from "${raw(name)}" where "${raw(column)}" in (select id from task where ${where})`),
  sql`delete from task where ${where}`,
];
const chatGone = (where: Statement): Statement[] => [
  sql`delete from chat_message where chat_id in (select id from chat where ${where})`,
  sql`delete from chat where ${where}`,
];

export const entities = entityNeighbour(['name', 'project_id', 'entity_type_id', 'parent_id', 'source_id', 'preview_file_id'], {
  indexes: ['project_id', 'parent_id'],
  gone: (id) => [...tasksGone(sql`entity_id = ${id}`), sql`delete from subscription where entity_id = ${id}`, ...chatGone(sql`object_id = ${id}`)],
});
export const projects = projectNeighbour(['name', 'project_status_id'], { gone: (id) => [
  ...tasksGone(sql`project_id = ${id}`), ...chatGone(sql`project_id = ${id}`),
  sql`delete from notification where project_id = ${id}`, sql`delete from subscription where project_id = ${id}`, sql`delete from playlist where project_id = ${id}`,
] });
export const entityTypes = neighbour(entityType, ['name']);
export const taskTypes = neighbour(taskType, ['name']);
export const taskStatuses = neighbour(taskStatus, ['name', 'is_feedback_request']);
export const attachments = neighbour(attachmentFile, ['name', 'extension', 'size', 'chat_message_id'], { indexes: ['chat_message_id'] });

const tasks = table('task', { id: f.uuid(), project_id: f.uuid(), entity_id: f.uuid(), task_type_id: f.uuid(), task_status_id: f.uuid(), assignees: f.uuids(), log_position: f.integer() },
  { indexes: ['entity_id', 'project_id'] });
const taskProjection = projection('task', [tasks], [
  on(TaskCreated, (e) => insert(tasks, { ...e.data, id: e.data.task_id, log_position: e.position })),
  on(TaskUpdated, (e) => update(tasks, e.data.task_id, e.data.changes)),
  on(TaskAssigned, (e) => sql`update task set assignees = array_append(array_remove(assignees, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid) where id = ${e.data.task_id}`),
  on(TaskUnassigned, (e) => sql`update task set assignees = array_remove(assignees, ${e.data.person_id}::uuid) where id = ${e.data.task_id}`),
  on(TaskDeleted, (e) => tasksGone(sql`id = ${e.data.task_id}`)),
]);

const previews = table('preview_file', { id: f.uuid(), task_id: f.uuid(), extension: f.text(), revision: f.integer() }, { indexes: ['task_id'] });
/** News tell the newest preview of their comment. */
const previewProjection = projection('preview_file', [previews], [
  on(PreviewFileCreated, (e) => [insert(previews, { ...e.data, id: e.data.preview_file_id }),
    ...(e.data.comment_id ? [sql`update news set preview_file_id = ${e.data.preview_file_id} where comment_id = ${e.data.comment_id}`] : [])]),
  on(PreviewFileUpdated, (e) => update(previews, e.data.preview_file_id, e.data.changes)),
  on(PreviewFileDeleted, (e) => [remove(previews, e.data.preview_file_id), sql`update news set preview_file_id = null where preview_file_id = ${e.data.preview_file_id}`]),
]);

const playlists = table('playlist', { id: f.uuid(), name: f.text(), project_id: f.uuid(), episode_id: f.uuid(), for_entity: f.text(), is_for_all: f.boolean() });
const playlistProjection = projection('playlist', [playlists], [
  on(PlaylistCreated, (e) => insert(playlists, { ...e.data, id: e.data.playlist_id })),
  on(PlaylistUpdated, (e) => update(playlists, e.data.playlist_id, e.data.changes)),
  on(PlaylistDeleted, (e) => [remove(playlists, e.data.playlist_id), sql`delete from notification where playlist_id = ${e.data.playlist_id}`]),
]);

/** What this service keeps of its neighbours; comes before its own projections, which look things up here. */
export const neighbourProjections = [projects.projection, entities.projection, entityTypes.projection, taskTypes.projection, taskStatuses.projection, attachments.projection,
  taskProjection, commentProjection, previewProjection, playlistProjection];

/** Joins from a task `k` to what its entity is called: `e`, its parent `s`, the parent's parent `ep`, its type `et`. */
export const entityJoins = raw(`left join entity e on e.id = k.entity_id left join entity s on s.id = e.parent_id left join entity ep on ep.id = s.parent_id left join entity_type et on et.id = e.entity_type_id`);
/** `SQ010 / SH020`, with the episode before it where there is one; assets stand below their type. */
export const fullName = raw(`case e.kind when 'asset' then concat_ws(' / ', et.name, e.name) else concat_ws(' / ', ep.name, s.name, e.name) end`);
export const episodeOf = raw(`case e.kind when 'asset' then e.source_id when 'episode' then e.id when 'shot' then s.parent_id when 'scene' then s.parent_id else e.parent_id end`);
