import { allow, Invalid, isId, list, listed, only, pageOf, pathId, raw, renderedLong, route, selectList, spanning, sql, to, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject, existingTask } from '../task/task.queries.ts';
import { maySeeTask } from '../task/task.policy.ts';
import { batchComments } from './batch.ts';
import { commentForm } from './form.ts';
import { commentMany } from './bulk.ts';
import { deleteComment, editComment, statusesFor } from './change-comments.ts';
import { CommentBody, commentTask, sayOnTask } from './comment-task.ts';
import { commentsOfTask, commentWithPerson, existingComment, plainComment, visibleComments, wholeComment } from './comment.queries.ts';
import { commentShape } from './comment.table.ts';
import { findMentions } from './mentions.ts';
import { moveComment } from './move-comment.ts';
import { ackComment, deleteReply, replyToComment } from './talk.ts';
import { Comment, CommentWithAuthor, NewComment, Reply } from './comment.answers.ts';

/** Makes a comment by its fields, as an admin's tools do: it is said like any other. */
const newComment = spanning({
  subject: 'cmd.tasks.new-comment', access: to.admins, schema: z.object({ body: z.unknown().optional() }),
  handle: async ({ body }: any, context) => {
    const given = body ?? {};
    if (!isId(given.object_id)) throw new Invalid('object_id must be the id of a task.');
    const task = await context.db.one(sql`select id, project_id, entity_id, task_status_id from task where id = ${given.object_id}`);
    if (!task) throw new Invalid('object_id names no task.');
    const parsed = CommentBody.safeParse({ ...given, task_status_id: given.task_status_id ?? task.task_status_id });
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const { statuses } = await statusesFor(context, task.entity_id);
    const { task_status_id, checklist, links, for_client } = parsed.data;
    if (!Object.hasOwn(statuses, task_status_id)) throw new Invalid('task_status_id names nothing that exists.');
    const person_id = parsed.data.person_id ?? context.caller.id;
    if (!isId(person_id) || !(await context.db.one(sql`select 1 from directory_person where id = ${person_id}`))) throw new Invalid('person_id names nobody.');
    const text = parsed.data.text ?? parsed.data.comment ?? '';
    const comment_id = context.moment.id('comment');
    await context.runAsSystem(sayOnTask, { task_id: task.id, comment_id, task_status_id, text, person_id, created_at: null, checklist: checklist ?? null, links: links ?? null, for_client: for_client === true, statuses,
      data: given.data ?? null, shotgun_id: null, ...(await findMentions(text, task.project_id, context)) }, 'say');
    await context.settled();
    return wholeComment(context.db, context.caller, comment_id);
  },
});

const listComments = route({
  method: 'get', path: '/data/comments', summary: 'List every comment', answers: { 200: listed(Comment) }, access: to.admins,
  ask: (c) => list({ shape: commentShape, db: c.db, caller: c.caller, request: c.request }),
});
const oneComment = route({
  method: 'get', path: '/data/comments/{instance_id}', summary: 'Get one comment with its author', answers: { 200: Comment }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
  ask: async (c) => {
    const { row, visible } = await existingComment(c.db, c.caller, pathId(c.request, 'instance_id', 400));
    allow(visible);
    return commentWithPerson(c, row.id);
  },
});
const taskComments = route({
  method: 'get', path: '/data/tasks/{task_id}/comments', summary: 'List the comments of a task, newest first', answers: { 200: z.array(CommentWithAuthor) }, description: 'Pinned comments come first. Clients see those for clients, those of clients and their own.', access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
  ask: async (c) => {
    const task = await existingTask(c.db, pathId(c.request, 'task_id'));
    maySeeTask(c.caller, task as any);
    // Clients see what is for them and what is their own: nobody else's answer will do.
    c.keep([task.project_id], !c.caller.isAdmin && ['client', 'vendor'].includes(c.caller.roleIn(task.project_id)) ? 'person' : 'role');
    return commentsOfTask(c, task as any);
  },
});
const taskComment = route({
  method: 'get', path: '/data/tasks/{task_id}/comments/{comment_id}', summary: 'Get one comment of a task', answers: { 200: Comment }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
  ask: async (c) => {
    const { row, visible } = await existingComment(c.db, c.caller, pathId(c.request, 'comment_id'), pathId(c.request, 'task_id'));
    allow(visible);
    return plainComment(c.db, c.caller, row.id);
  },
});
const projectComments = route({
  method: 'get', path: '/data/projects/{project_id}/comments', summary: 'List the comments of a production, newest first', answers: { 200: listed(Comment) }, access: to.teamStaff,
  ask: async (c) => {
    const project_id = pathId(c.request, 'project_id');
    await existingProject(c.db, project_id);
    only.teamStaff(c.caller, project_id);
    const scope = sql`t.project_id = ${project_id} and ${visibleComments(c.caller, project_id) ?? raw('true')}`;
    if (pageOf(c.request.search) !== null) return list({ shape: commentShape, db: c.db, caller: c.caller, request: c.request, scope, relations: true });
    return renderedLong(c.db, sql`select ${selectList(commentShape, c.caller, true)} from comment t where ${scope} order by t.created_at desc, t.log_position desc`);
  },
});

const inTask = (r: { params: Record<string, string> }) => ({ task_id: r.params.task_id, comment_id: r.params.comment_id });

/** A form with several comments, as JSON, and their files. */
const Batch = z.object({ comments: z.string(), 'attachment_file-0': z.file().optional(), 'preview_file-0': z.file().optional() });

export const commentRoutes: Route[] = [
  route({ method: 'post', path: '/actions/tasks/{task_id}/comment', summary: 'Comment a task under a status', upload: z.looseObject({ task_status_id: z.string(), comment: z.string().optional(), checklist: z.string().optional(), file: z.file().optional() }), answers: { 201: NewComment }, command: commentTask, status: 201, body: CommentBody,
    description: 'As a form, with files that hang on the comment.', input: (r) => ({ task_id: r.params.task_id, body: r.body }), form: { handle: commentForm } }),
  route({ method: 'post', path: '/actions/tasks/{task_id}/batch-comment', summary: 'Comment a task several times, with previews and files', upload: Batch, answers: { 201: z.array(NewComment) }, access: to.team.but({ vendor: 'filtered' }), status: 201, handle: batchComments }),
  route({ method: 'post', path: '/actions/tasks/batch-comment', summary: 'Comment several tasks, with previews and files', upload: Batch, answers: { 201: z.array(NewComment) }, access: to.team.but({ vendor: 'filtered' }), status: 201, handle: batchComments }),
  route({ method: 'post', path: '/actions/projects/{project_id}/tasks/comment-many', summary: 'Comment many tasks', answers: { 201: z.array(NewComment) }, command: commentMany, status: 201, body: z.array(CommentBody), upload: Batch,
    description: 'As a form, with previews and files, as the batch of comments.', input: (r) => ({ project_id: r.params.project_id, entries: r.body }), form: { handle: batchComments } }),
  route({ method: 'post', path: '/actions/tasks/{task_id}/comments/{comment_id}/move', summary: 'Move a comment to another task of the same entity', answers: { 200: Comment }, command: moveComment, status: 200,
    body: z.object({ target_task_id: z.guid() }), input: (r) => ({ ...inTask(r), target_task_id: (r.body as any)?.target_task_id }) }),
  route({ method: 'post', path: '/data/tasks/{task_id}/comments/{comment_id}/ack', summary: 'Take notice of a comment, or take that back', answers: { 200: Comment }, command: ackComment, status: 200, input: inTask }),
  route({ method: 'post', path: '/data/tasks/{task_id}/comments/{comment_id}/reply', summary: 'Reply to a comment', answers: { 200: Reply }, command: replyToComment, status: 200, body: z.object({ text: z.string() }),
    input: (r) => ({ ...inTask(r), text: (r.body as any)?.text }) }),
  route({ method: 'delete', path: '/data/tasks/{task_id}/comments/{comment_id}/reply/{reply_id}', summary: 'Delete a reply', answers: { 200: Comment }, command: deleteReply, status: 200, input: (r) => ({ ...inTask(r), reply_id: r.params.reply_id }) }),
  route({ method: 'delete', path: '/data/tasks/{task_id}/comments/{comment_id}', summary: 'Delete a comment', command: deleteComment, status: 204, input: inTask }),
  route({ method: 'post', path: '/data/comments', summary: 'Create a comment by its fields', answers: { 201: Comment }, command: newComment, status: 201, body: CommentBody, input: (r) => ({ body: r.body }) }),
  route({ method: 'put', path: '/data/comments/{instance_id}', summary: 'Change a comment', answers: { 200: Comment }, command: editComment, status: 200, body: CommentBody.partial(), input: (r) => ({ comment_id: r.params.instance_id, body: r.body }) }),
  route({ method: 'delete', path: '/data/comments/{instance_id}', summary: 'Delete a comment', command: deleteComment, status: 204, input: (r) => ({ comment_id: r.params.instance_id, task_id: null }) }),
  taskComments, taskComment, projectComments, listComments, oneComment,
];
