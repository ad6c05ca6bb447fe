import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { entityNeighbour } from '@shotlog/breakdown/entity/neighbour';
import { projectNeighbour } from '@shotlog/breakdown/project/neighbour';
import { attachmentFile } from '@shotlog/files/attachment-file/attachment-file';
import { MainPreviewSet, PreviewFileAdded, PreviewFileAnnotated, PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated, previewFileFields } from '@shotlog/files/preview-file/preview-file.events';
import { apiTime, common, f, insert, json, madeAt, neighbour, on, projection, raw, remove, sql, table, update, type Projection, type Statement } from '@shotlog/kernel';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { CommentDeleted, CommentReplied, CommentUpdated, ReplyDeleted, TaskAssigned, TaskCommented, TaskCreated, TaskDeleted, TaskUnassigned, TaskUpdated } from '@shotlog/tasks/task/task.events';

/** What hangs on tasks goes with them. */
const tasksGone = (where: Statement): Statement[] => [
  sql`delete from preview_file where task_id in (select id from task where ${where})`,
  sql`delete from comment where task_id in (select id from task where ${where})`,
  sql`delete from task where ${where}`,
];
const projectGone = (id: string): Statement[] => [
  ...tasksGone(sql`project_id = ${id}`),
  ...['preview_file', 'playlist_share_link', 'playlist'].map((name) => sql`delete from "${raw(name)}" where project_id = ${id}`),
];

export const projects = projectNeighbour(['name', 'fps', 'resolution', 'ratio', 'production_type', 'hd_bitrate_compression'], { gone: projectGone });
export const entities = entityNeighbour(['name', 'project_id', 'entity_type_id', 'parent_id', 'source_id', 'preview_file_id', 'nb_frames', 'is_shared'],
  { indexes: ['project_id'], gone: (id) => tasksGone(sql`entity_id = ${id}`) });
export const entityTypes = neighbour(entityType, ['name']);
export const taskTypes = neighbour(taskType, ['name', 'color', 'for_entity', 'priority']);
export const taskStatuses = neighbour(taskStatus, ['name', 'short_name', 'color', 'is_client_allowed', 'is_default', 'for_concept', 'archived']);

const taskTable = table('task', { project_id: f.uuid(), entity_id: f.uuid(), task_type_id: f.uuid(), task_status_id: f.uuid(), retake_count: f.integer(), assignees: f.uuids(), ...common },
  { indexes: ['entity_id', 'project_id'] });
/** Comments as guests and exports see them; `replies` as the API lists them. */
const commentTable = table('comment', {
  task_id: f.uuid(), project_id: f.uuid(), person_id: f.uuid(), editor_id: f.uuid(), task_status_id: f.uuid(), preview_file_id: f.uuid(), text: f.text(), checklist: f.json(), replies: f.json(), links: f.json(),
  data: f.json(), pinned: f.boolean(), for_client: f.boolean(), shotgun_id: f.integer(), ...common,
}, { indexes: ['task_id', 'project_id'] });

const created = (e: { metadata: { at: string }; position: bigint }) => ({ created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position });
const updated = (e: { metadata: { at: string } }) => ({ updated_at: apiTime(e.metadata.at) });

const tasks: Projection = projection('task', [taskTable, commentTable], [
  on(TaskCreated, (e) => insert(taskTable, { ...e.data, id: e.data.task_id, ...created(e), created_at: madeAt(e) })),
  on(TaskUpdated, (e) => update(taskTable, e.data.task_id, { ...e.data.changes, ...updated(e) })),
  on(TaskAssigned, (e) => sql`update task set assignees = array_append(array_remove(assignees, ${e.data.person_id}), ${e.data.person_id}) where id = ${e.data.task_id}`),
  on(TaskUnassigned, (e) => sql`update task set assignees = array_remove(assignees, ${e.data.person_id}) where id = ${e.data.task_id}`),
  on(TaskDeleted, (e) => tasksGone(sql`id = ${e.data.task_id}`)),
  on(TaskCommented, (e) => insert(commentTable, { ...e.data, id: e.data.comment_id, pinned: false, replies: [], ...created(e), ...(e.data.created_at ? { created_at: apiTime(e.data.created_at) } : {}) })),
  on(CommentUpdated, (e) => update(commentTable, e.data.comment_id, { ...e.data.changes, ...updated(e) })),
  on(CommentDeleted, (e) => remove(commentTable, e.data.comment_id)),
  on(CommentReplied, (e) => sql`update comment set replies = coalesce(replies, '[]') || ${json([{ id: e.data.reply_id, text: e.data.text, person_id: e.data.person_id, date: apiTime(e.metadata.at) }])}
    where id = ${e.data.comment_id}`),
  on(ReplyDeleted, (e) => sql`update comment set replies = coalesce((select jsonb_agg(r order by n) from jsonb_array_elements(replies) with ordinality x(r, n)
    where r->>'id' <> ${e.data.reply_id}), '[]') where id = ${e.data.comment_id}`),
]);

/** Preview files whole: entries, temporary playlists and shared links show them. */
export const previewFileTable = table('preview_file', { ...previewFileFields, project_id: f.uuid({ hidden: true }), entity_id: f.uuid({ hidden: true }), task_type_id: f.uuid({ hidden: true }), comment_id: f.uuid({ hidden: true }),
  source_key: f.text({ hidden: true }), kind: f.text({ hidden: true }), ...common },
  { indexes: ['entity_id', 'task_id', 'project_id', 'status'] });

const previewFiles: Projection = projection('preview_file', [previewFileTable], [
  on(PreviewFileCreated, (e) => [
    insert(previewFileTable, { ...e.data, id: e.data.preview_file_id, ...created(e) }),
    // An import may not say what its task knows.
    ...(e.data.task_id && !(e.data.entity_id && e.data.task_type_id && e.data.project_id) ? [sql`update preview_file p set entity_id = coalesce(p.entity_id, t.entity_id),
      task_type_id = coalesce(p.task_type_id, t.task_type_id), project_id = coalesce(p.project_id, t.project_id) from task t where t.id = p.task_id and p.id = ${e.data.preview_file_id}`] : []),
  ]),
  on(PreviewFileUpdated, (e) => update(previewFileTable, e.data.preview_file_id, { ...e.data.changes, ...updated(e) })),
  on(PreviewFileAdded, (e) => update(previewFileTable, e.data.preview_file_id, { extension: e.data.extension, revision: e.data.revision, status: e.data.status, source_key: e.data.source_key ?? null, kind: e.data.kind ?? null, ...e.data.changes, ...updated(e) })),
  on(PreviewFileAnnotated, (e) => update(previewFileTable, e.data.preview_file_id, { annotations: e.data.annotations, ...updated(e) })),
  on(PreviewFileDeleted, (e) => remove(previewFileTable, e.data.preview_file_id)),
  on(MainPreviewSet, (e) => sql`update entity set preview_file_id = ${e.data.preview_file_id} where id = ${e.data.entity_id}`),
]);

export const attachments = neighbour(attachmentFile, ['name', 'size', 'extension', 'mimetype', 'comment_id'], { indexes: ['comment_id'] });

export const neighbourProjections: Projection[] = [attachments.projection, projects.projection, entities.projection, entityTypes.projection, taskTypes.projection, taskStatuses.projection, tasks, previewFiles];
