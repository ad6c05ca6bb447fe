import { allow, Forbidden, isId, media, NotFound, OneFile, oneText, only, pathId, rendered, Rendered, route, selectList, spanning, sql, to, wantsRelations, type Caller, type Context, type Db, type Route } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { z } from 'zod';
import { endOf } from '../end-resource.ts';
import { commentRow, taskRow } from '../preview-file/preview-file.queries.ts';
import { attachmentKey, attachmentThumbnailKey } from '../storage/keys.ts';
import { serveObject } from '../storage/serve-object.ts';
import { assignedTo, attachmentFile, sharedWithClients } from './attachment-file.ts';
import { attach, withPapers } from './store.ts';
import { Paper } from '@shotlog/tasks/comment/comment.answers';

type Row = { id: string; name: string; project_id: string | null; comment_id: string | null; mimetype: string };
const rowOf = async (db: Db, id: string): Promise<Row> => {
  const row = isId(id) ? await db.one<Row>(sql`select id, name, project_id, comment_id, mimetype from attachment_file where id = ${id}`) : null;
  if (!row) throw new NotFound('attachment', id.slice(0, 60));
  return row;
};

/** An attachment for who may see it: the team, clients what is shared with them, vendors what hangs on their tasks. */
export const visibleAttachment = async (db: Db, caller: Caller, id: string): Promise<Row> => {
  const row = await rowOf(db, id);
  if (row.project_id === null) only.admin(caller);
  else only.team(caller, row.project_id);
  const role = row.project_id === null ? caller.role : caller.roleIn(row.project_id);
  const scope = role === 'client' ? sharedWithClients(caller.id) : role === 'vendor' ? assignedTo(caller.id) : null;
  if (scope && !(await db.one(sql`select 1 from attachment_file t where t.id = ${row.id} and ${scope}`))) throw new Forbidden();
  return row;
};

/** Its author adds files to a comment and takes them away, as does whoever manages the production. */
const mayChange = (caller: Caller, project_id: string, author: string | null): void => {
  only.team(caller, project_id);
  allow(caller.manages(project_id) || (author !== null && author === caller.id));
};

type Take = { id: string; project_id: string; author: string | null };
const takeAttachmentAway = spanning({
  subject: 'cmd.files.take-attachment-away', schema: z.object({ task_id: z.string(), comment_id: z.string(), attachment_file_id: z.string() }),
  prepare: async (c, { db }): Promise<Take> => {
    const task = await taskRow(db, c.task_id);
    const comment = await commentRow(db, task.id, c.comment_id);
    const row = await rowOf(db, c.attachment_file_id);
    if (row.comment_id !== comment.id) throw new NotFound('attachment', row.id);
    return { id: row.id, project_id: task.project_id, author: comment.person_id };
  },
  access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), policy: (caller, { project_id, author }: Take) => mayChange(caller, project_id, author),
  handle: ({ id }: Take, context: Context) => context.runAsSystem(endOf(attachmentFile), { id }, 'end'),
});

const listOf = (db: Db, caller: Caller, where: ReturnType<typeof sql>) =>
  rendered(db, sql`select ${selectList(attachmentFile.shape, caller, false)} from attachment_file t where ${where} order by t.log_position`);

/** Files beside comments; those of chats come in with the chat. */
export const attachmentRoutes: Route[] = [
  attachmentFile.route.list, attachmentFile.route.create, attachmentFile.route.update, attachmentFile.route.remove,
  route({
    method: 'get', path: '/data/attachment-files/{instance_id}', summary: 'Get one attachment', answers: { 200: attachmentFile.answer }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const row = await visibleAttachment(c.db, c.caller, pathId(c.request, 'instance_id', 400));
      return new Rendered((await oneText(c.db, attachmentFile.shape, c.caller, sql`t.id = ${row.id}`, wantsRelations(c.request)))!);
    },
  }),
  route({
    method: 'post', path: '/actions/tasks/{task_id}/comments/{comment_id}/add-attachment', summary: 'Add files to a comment', upload: OneFile.extend({ reply_id: z.guid().optional() }), answers: { 201: z.array(Paper) }, status: 201, access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }),
    description: 'A form with any number of files; `reply_id` names the reply that they belong to.',
    handle: async (context) => {
      const task = await taskRow(context.db, context.request.params.task_id ?? '');
      only.team(context.caller, task.project_id);
      const comment = await commentRow(context.db, task.id, context.request.params.comment_id ?? '');
      mayChange(context.caller, task.project_id, comment.person_id);
      const made = await withPapers(context, 'files', ({ files, fields }) => {
        const reply_id = isId(fields.reply_id) ? fields.reply_id : isId(context.request.search.get('reply_id')) ? context.request.search.get('reply_id') : null;
        return attach(context, files, { comment_id: comment.id, reply_id, project_id: task.project_id });
      });
      await context.settled();
      return made;
    },
  }),
  route({ method: 'delete', path: '/data/tasks/{task_id}/comments/{comment_id}/attachments/{attachment_file_id}', summary: 'Take a file away from a comment', status: 204, command: takeAttachmentAway, input: (r) => r.params }),
  route({
    method: 'get', path: '/data/attachment-files/{attachment_file_id}/file/{file_name}', summary: 'Get the file of an attachment', answers: { 200: media('*/*'), 206: media('*/*') }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    description: 'The name in the address is for people: the id alone says which file is meant.',
    ask: async (c) => {
      const row = await visibleAttachment(c.db, c.caller, pathId(c.request, 'attachment_file_id'));
      return serveObject(c.resource<Storage>('storage'), attachmentKey(row.id), c.request, { name: row.name });
    },
  }),
  route({
    method: 'get', path: '/pictures/thumbnails/attachment-files/{attachment_file_id}.png', summary: 'Get the thumbnail of an attachment', answers: { 200: media('image/png') }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const row = await visibleAttachment(c.db, c.caller, pathId(c.request, 'attachment_file_id'));
      return serveObject(c.resource<Storage>('storage'), attachmentThumbnailKey(row.id), c.request);
    },
  }),
  route({
    method: 'get', path: '/data/tasks/{task_id}/attachment-files', summary: "List the files beside a task's comments (admins)", answers: { 200: z.array(attachmentFile.answer) }, access: to.admins,
    ask: async (c) => {
      const task = await taskRow(c.db, c.request.params.task_id ?? '');
      c.keep([task.project_id], 'person');
      return listOf(c.db, c.caller, sql`t.comment_id in (select id from comment where object_id = ${task.id})`);
    },
  }),
  route({
    method: 'get', path: '/data/projects/{project_id}/attachment-files', summary: "List the files beside a production's comments (admins)", answers: { 200: z.array(attachmentFile.answer) }, access: to.admins,
    ask: async (c) => {
      const id = pathId(c.request, 'project_id');
      if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('project', id);
      c.keep([id], 'person');
      return listOf(c.db, c.caller, sql`t.comment_id is not null and t.project_id = ${id}`);
    },
  }),
];
