import { Forbidden, Invalid, NotFound, route, spanning, sql, to, type Context, type Request } from '@shotlog/kernel';
import { z } from 'zod';
import { guestAt, ownComment, sharedTasks } from './guest.ts';
import { CommentWithAuthor, NewComment } from '@shotlog/tasks/comment/comment.answers';

const Id = z.guid().toLowerCase();
const Door = z.object({ token: z.string(), password: z.string().nullable(), guest_id: Id });
const Text = z.string().max(200_000).refine((text) => !text.includes('\0'), { error: 'A text holds no NUL character.' });
const Checklist = z.array(z.object({ text: Text, checked: z.boolean().default(false) })).max(200);
/** What a command of a guest is made of: the body, and what the address says. */
export const fromGuest = (r: Request): Record<string, unknown> => ({ ...(r.body as object), ...(r.search.get('guest_id') ? { guest_id: r.search.get('guest_id') } : {}), ...r.params, password: r.search.get('password') });

const Comment = Door.extend({ task_id: Id, task_status_id: Id, text: Text.nullish(), checklist: Checklist.nullish() });
/** Comments a task of the playlist under a status that clients may use. */
const commentAsGuest = spanning({
  subject: 'cmd.playlists.comment-as-guest', schema: Comment, access: to.linkHolders,
  handle: async (c: z.infer<typeof Comment>, context) => {
    const link = await guestAt(context, c, 'comments');
    if (!(await context.db.one(sql`select 1 where ${c.task_id}::uuid in ${sharedTasks(link)}`))) throw new Forbidden('The playlist does not show this task.');
    const status = await context.db.one(sql`select is_client_allowed from task_status where id = ${c.task_status_id}`);
    if (!status) throw new NotFound('task status', c.task_status_id);
    if (!status.is_client_allowed) throw new Invalid('Guests do not use this task status.');
    const { id } = await context.send('cmd.tasks.comment', { task_id: c.task_id, body: { task_status_id: c.task_status_id, comment: c.text ?? '', checklist: c.checklist ?? [], person_id: c.guest_id } }, 'comment');
    return toldComment(context, id);
  },
});

/** A comment as tasks shows it to an admin, its author's card in full: only who wrote it is answered by it. */
const toldComment = async (context: Context, id: string): Promise<unknown> => {
  const comment = await plainComment(context, id);
  const status = await context.fetchFrom('tasks', `GET /data/task-status/{instance_id}|${JSON.stringify({ instance_id: comment.task_status_id })}`);
  return { ...comment, person: (await context.persons([comment.person_id])).get(comment.person_id) ?? null, task_status: status };
};
export const plainComment = (context: Context, id: string): Promise<any> => context.fetchFrom('tasks', `GET /data/comments/{instance_id}|${JSON.stringify({ instance_id: id })}?relations=true`);

const Edit = Door.extend({ comment_id: z.string(), text: Text.nullish(), checklist: Checklist.nullish() });
/** Changes a guest's own comment. */
const editAsGuest = spanning({
  subject: 'cmd.playlists.edit-comment-as-guest', schema: Edit, access: to.linkHolders,
  handle: async (c: z.infer<typeof Edit>, context) => {
    const { id, task_id } = await ownComment(context.db, await guestAt(context, c, 'comments'), c.comment_id, c.guest_id);
    const changes = { ...(c.text === null || c.text === undefined ? {} : { text: c.text }), ...(c.checklist ? { checklist: c.checklist } : {}), editor_id: c.guest_id };
    await context.send('cmd.tasks.change-comment', { task_id, comment_id: id, changes, statuses: {}, person_id: c.guest_id }, 'edit');
    await context.settled();
    return plainComment(context, id);
  },
});

const Remove = Door.extend({ comment_id: z.string() });
/** Deletes a guest's own comment. */
const deleteAsGuest = spanning({
  subject: 'cmd.playlists.delete-comment-as-guest', schema: Remove, access: to.linkHolders,
  handle: async (c: z.infer<typeof Remove>, context) => {
    const { id, task_id } = await ownComment(context.db, await guestAt(context, c, 'comments'), c.comment_id, c.guest_id);
    await context.send('cmd.tasks.delete-comment', { comment_id: id, task_id }, 'delete');
  },
});

const at = '/shared/playlists/{token}/comments';
export const guestCommentRoutes = [
  route({ method: 'post', path: at, summary: 'Comment as a guest', answers: { 201: NewComment }, command: commentAsGuest, status: 201, input: fromGuest, body: Comment.omit({ token: true, password: true }) }),
  route({ method: 'put', path: `${at}/{comment_id}`, summary: 'Change your comment as a guest', answers: { 200: CommentWithAuthor }, command: editAsGuest, status: 200, input: fromGuest, body: Edit.omit({ token: true, password: true, comment_id: true }) }),
  route({ method: 'delete', path: `${at}/{comment_id}`, summary: 'Delete your comment as a guest', command: deleteAsGuest, status: 204, input: fromGuest, answers: { 204: null } }),
];
