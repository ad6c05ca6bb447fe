import { withPapers } from '@shotlog/files/attachment-file/store';
import { attachmentKey } from '@shotlog/files/storage/keys';
import { serveObject } from '@shotlog/files/storage/serve-object';
import { Forbidden, Invalid, isId, media, NotFound, OneFile, route, spanning, sql, to, type QueryContext, type Reply } from '@shotlog/kernel';
import { z } from 'zod';
import { admitFiles, filesLeft, type GuestLimits } from './admit-files.ts';
import { fromGuest, plainComment } from './comment-as-guest.ts';
import { guestAt, ownComment, sharedTasks } from './guest.ts';
import { linkAsked, type ShareLink } from './share-link.queries.ts';
import { CommentWithAuthor } from '@shotlog/tasks/comment/comment.answers';

/** What guests may send: `max_bytes` of each file. */
export type GuestUploads = GuestLimits & { max_bytes: number };

/** How many files a comment of a guest of this link takes yet, as far as the read model knows. @throws NotFound (404), Forbidden (403) for anybody else's comment. */
const roomFor = async (c: QueryContext, link: ShareLink, limits: GuestLimits): Promise<number> => {
  const comment_id = c.request.params.comment_id!;
  const comment = isId(comment_id) ? await c.db.one(sql`select exists (select 1 from guest g where g.share_link_id = ${link.id} and g.person_id = k.person_id) as own from comment k where k.id = ${comment_id}`) : null;
  if (!comment) throw new NotFound('comment');
  if (!comment.own) throw new Forbidden('Guests change their own comments only.');
  const rows = await c.db.all<{ comment_id: string; n: number }>(sql`select a.comment_id, count(*)::int as n from attachment_file a join comment k on k.id = a.comment_id join guest g on g.person_id = k.person_id
    where g.share_link_id = ${link.id} group by 1`);
  return filesLeft(new Map(rows.map((row) => [row.comment_id, row.n])), comment_id, limits);
};

/** Takes files for a guest's own comment. The link, and whether it takes more, is asked before the bytes are read. */
const attach = async (c: QueryContext): Promise<unknown> => {
  const link = await linkAsked(c);
  if (!link.can_comment) throw new Forbidden('This link is not open to comments.');
  const { max_bytes, ...limits } = c.resource<GuestUploads>('guestUploads');
  const room = await roomFor(c, link, limits);
  if (room === 0) throw new Invalid('This link takes no more files here.');
  return withPapers(c, 'playlists', async ({ files, fields }) => {
    const guest_id = fields.guest_id ?? c.request.search.get('guest_id');
    if (!isId(guest_id)) throw new Invalid('guest_id is needed.');
    await guestAt(c, { token: c.request.params.token!, password: c.request.search.get('password'), guest_id: guest_id.toLowerCase() }, 'comments');
    const { id } = await ownComment(c.db, link, c.request.params.comment_id!, guest_id.toLowerCase());
    await c.runAsSystem(admitFiles, { share_link_id: link.id, person_id: guest_id.toLowerCase(), comment_id: id, files: files.length, size_bytes: files.reduce((sum, { size }) => sum + size, 0), limits }, 'admit');
    for (const { id: attachment_file_id, name, extension, size, mimetype } of files) {
      await c.send('cmd.files.create-attachment-file', { attachment_file_id, name, extension, size, mimetype, comment_id: id, project_id: link.project_id }, attachment_file_id);
    }
    await c.settled();
    return { ...(await plainComment(c, id)), attachment_files: files.map(({ id: file, name, extension, size }) => ({ id: file, name, extension, size })) };
  }, { maxBytes: max_bytes, maxFiles: room });
};

const Detach = z.object({ token: z.string(), password: z.string().nullable(), guest_id: z.guid().toLowerCase(), comment_id: z.string(), attachment_file_id: z.string() });
/** Takes a file away from a guest's own comment. */
const detach = spanning({
  subject: 'cmd.playlists.detach-as-guest', schema: Detach, access: to.linkHolders,
  handle: async (c: z.infer<typeof Detach>, context) => {
    const { id, task_id } = await ownComment(context.db, await guestAt(context, c, 'comments'), c.comment_id, c.guest_id);
    await context.send('cmd.files.take-attachment-away', { task_id, comment_id: id, attachment_file_id: c.attachment_file_id }, 'detach');
  },
});

/** A file beside a comment that guests see. */
const file = async (c: QueryContext): Promise<Reply> => {
  const link = await linkAsked(c);
  const id = c.request.params.attachment_file_id!;
  const row = isId(id) ? await c.db.one(sql`select a.id, a.name, k.task_id in ${sharedTasks(link)} and (k.for_client or coalesce(d.is_guest, false)) as shared
    from attachment_file a join comment k on k.id = a.comment_id left join directory_person d on d.id = k.person_id where a.id = ${id}`) : null;
  if (!row) throw new NotFound('attachment');
  if (!row.shared) throw new Forbidden('The playlist does not show this file.');
  return serveObject(c.resource('storage'), attachmentKey(row.id), c.request, { name: row.name });
};

export const guestAttachmentRoutes = [
  route({ method: 'post', path: '/shared/playlists/{token}/comments/{comment_id}/attachments', summary: 'Add files to your comment as a guest', upload: OneFile.extend({ guest_id: z.guid().optional() }), answers: { 201: CommentWithAuthor }, description: 'A form with files and `guest_id`.', access: to.linkHolders, status: 201, handle: attach }),
  route({ method: 'delete', path: '/shared/playlists/{token}/comments/{comment_id}/attachments/{attachment_file_id}', summary: 'Take a file away from your comment as a guest', command: detach, status: 204, input: fromGuest, answers: { 204: null } }),
  route({ method: 'get', path: '/shared/playlists/{token}/attachment-files/{attachment_file_id}/file/{file_name}', summary: 'Get a file beside a shared comment', answers: { 200: media('*/*') }, access: to.linkHolders, ask: file }),
];
