import { apiTime, insert, json, on, projection, remove, sql, update } from '@shotlog/kernel';
import { CommentAcknowledged, CommentDeleted, CommentReplied, CommentUnacknowledged, CommentUpdated, ReplyDeleted, TaskCommented } from '../task/task.events.ts';
import { commentTable } from './comment.table.ts';

/** Rows of `comment`. */
export const commentProjection = projection('comment', [commentTable], [
  on(TaskCommented, (e) => insert(commentTable, {
    id: e.data.comment_id, object_id: e.data.task_id, object_type: 'Task', project_id: e.data.project_id, person_id: e.data.person_id, task_status_id: e.data.task_status_id, text: e.data.text,
    checklist: e.data.checklist, for_client: e.data.for_client, links: e.data.links, mentions: e.data.mentions, department_mentions: e.data.department_mentions, data: e.data.data, shotgun_id: e.data.shotgun_id,
    replies: e.data.replies ?? [], acknowledgements: e.data.acknowledgements ?? [], pinned: e.data.pinned ?? null, editor_id: null,
    created_at: e.data.created_at ?? apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position,
  })),
  on(CommentUpdated, (e) => update(commentTable, e.data.comment_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
  // A comment that moved on stands in its new task by now.
  on(CommentDeleted, (e) => (e.data.moved_to ? sql`delete from comment where id = ${e.data.comment_id} and object_id = ${e.data.task_id}` : remove(commentTable, e.data.comment_id))),
  on(CommentReplied, (e) => sql`update comment set replies = coalesce(replies, '[]'::jsonb) || ${json([{
    id: e.data.reply_id, date: apiTime(e.metadata.at), created_at: apiTime(e.metadata.at), text: e.data.text, person_id: e.data.person_id, mentions: e.data.mentions, department_mentions: e.data.department_mentions,
  }])}, updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.comment_id}`),
  on(ReplyDeleted, (e) => sql`update comment set replies = (select coalesce(jsonb_agg(r order by n), '[]') from jsonb_array_elements(replies) with ordinality x(r, n) where r->>'id' <> ${e.data.reply_id}),
    updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.comment_id}`),
  on(CommentAcknowledged, (e) => sql`update comment set acknowledgements = array_append(array_remove(acknowledgements, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid) where id = ${e.data.comment_id}`),
  on(CommentUnacknowledged, (e) => sql`update comment set acknowledgements = array_remove(acknowledgements, ${e.data.person_id}::uuid) where id = ${e.data.comment_id}`),
]);
