import { common, f, raw, sql, table, type Shape, type Statement } from '@shotlog/kernel';

/** Comments. `object_id` is the task; `pinned` is null until somebody pins or unpins. */
export const commentTable = table('comment', {
  shotgun_id: f.integer(), object_id: f.uuid({ required: true }), object_type: f.string(80), text: f.text(), data: f.json(), replies: f.json(), checklist: f.json(), pinned: f.boolean(), links: f.strings(),
  task_status_id: f.uuid(), person_id: f.uuid(), editor_id: f.uuid(), preview_file_id: f.uuid(), for_client: f.boolean(),
  mentions: f.uuids({ relation: true }), department_mentions: f.uuids({ relation: true }), acknowledgements: f.uuids({ relation: true }), project_id: f.uuid({ hidden: true }), ...common,
}, { indexes: ['object_id', 'project_id, created_at', 'person_id'] });

const PREVIEW = `json_build_object('id', p.id, 'task_id', p.task_id, 'revision', p.revision, 'extension', p.extension, 'status', p.status, 'validation_status', p.validation_status,
  'width', p.width, 'height', p.height, 'duration', p.duration, 'original_name', p.original_name, 'file_size', p.file_size, 'position', p.position, 'annotations', p.annotations, 'created_at', p.created_at)`;

/** What hangs on a comment, by the key under which it is shown. */
export const commentRelations: Record<string, Statement> = {
  previews: raw(`(select coalesce(json_agg(${PREVIEW} order by p.log_position), '[]') from preview_of_comment p where p.comment_id = t.id)`),
  attachment_files: raw(`(select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'extension', a.extension, 'size', a.size, 'reply_id', a.reply_id) order by a.log_position), '[]') from attachment_of_comment a where a.comment_id = t.id)`),
};
/** Comments as the generic routes show them. */
export const commentShape: Shape = { table: commentTable, type: 'Comment', relations: commentRelations };

/** Comments that a client may see: those for clients, those of clients, and the caller's own. */
export const forClients = (person_id: string): Statement =>
  sql`(t.for_client or t.person_id = ${person_id} or exists (select 1 from directory_person d where d.id = t.person_id and d.role = 'client'))`;
