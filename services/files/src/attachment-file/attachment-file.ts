import { access, allow, f, Invalid, raw, resource, sql, to, type Caller, type Statement } from '@shotlog/kernel';

const COMMENT = `(select row_to_json(c) from (select id, object_id, object_type, person_id, editor_id, preview_file_id, task_status_id, text, data, replies, checklist, pinned, links, for_client, shotgun_id,
  created_at, updated_at, 'Comment' as type from comment where id = t.comment_id) c)`;

/** SQL over the attachment `t`: what a client may see is what hangs on comments for clients, or was said by themselves. */
export const sharedWithClients = (person_id: string | null): Statement =>
  sql`(t.comment_id is null or exists (select 1 from comment c where c.id = t.comment_id and (c.for_client or c.person_id = ${person_id})))`;
/** SQL over the attachment `t`: what a vendor may see hangs on comments of their own tasks. */
export const assignedTo = (person_id: string | null): Statement =>
  sql`(t.comment_id is null or exists (select 1 from comment c join task k on k.id = c.object_id where c.id = t.comment_id and (${person_id}::uuid = any(k.assignees) or c.person_id = ${person_id})))`;

const one = (caller: Caller, row: any): void => {
  if (caller.isAdmin || caller.isSystem) return;
  allow(row.project_id !== null && caller.isIn(row.project_id));
};

/** Files beside comments and chat messages. `size` is bytes; `project_id` is that of the comment's task, or of what the chat is about. */
export const attachmentFile = resource({
  service: 'files', name: 'attachment_file', path: '/data/attachment-files', type: 'AttachmentFile', published: 'attachment-file',
  fields: { name: f.string(250), size: f.float({ default: 1, whole: true }), extension: f.string(6), mimetype: f.string(255), comment_id: f.uuid(), reply_id: f.uuid(), chat_message_id: f.uuid(), project_id: f.uuid({ hidden: true, immutable: true }) },
  access: { ...access.admin, one: to.team, policy: { one } },
  indexes: ['comment_id', 'chat_message_id', 'project_id'],
  extra: { comment: raw(COMMENT), chat_message: raw('null::json') },
  creating: async (values, { db, caller }) => {
    // The system says itself what production a new attachment belongs to: the comment may be as new as the file.
    if (!values.comment_id || caller.isSystem) return { project_id: values.project_id ?? null };
    const comment = await db.one(sql`select t.project_id from comment c join task t on t.id = c.object_id where c.id = ${values.comment_id}`);
    if (!comment) throw new Invalid('There is no such comment.');
    return { project_id: comment.project_id };
  },
});

