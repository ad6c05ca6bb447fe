import { Forbidden, isId, NotFound, sql, type Context, type Db } from '@shotlog/kernel';
import { openLink, isGuest, type ShareLink } from './share-link.queries.ts';

export type SharedPreview = { id: string; task_id: string; revision: number; extension: string | null; kind: string | null; source_key: string | null };

/** Preview files that the playlist `l` shows: those of its entries, and what stands beside them in their revision. */
const shownPreviews = (playlist_id: string) => sql`(select q.* from playlist l, jsonb_array_elements(l.shots) x(e) join preview_file p on p.id = (x.e->>'preview_file_id')::uuid join entity en on en.id = p.entity_id
  join preview_file q on q.task_id = p.task_id and q.revision = p.revision where l.id = ${playlist_id} and (en.project_id = l.project_id or en.is_shared))`;

/** A preview file behind a link. @throws NotFound (404) when there is none of this id, Forbidden (403) when the playlist does not show it. */
export const sharedPreview = async (db: Db, link: ShareLink, id: string): Promise<SharedPreview> => {
  if (!isId(id) || !(await db.one(sql`select 1 from preview_file where id = ${id}`))) throw new NotFound('preview file');
  const row = await db.one<SharedPreview>(sql`select id, task_id, revision::int, extension, kind, source_key from ${shownPreviews(link.playlist_id)} q where q.id = ${id} limit 1`);
  if (!row) throw new Forbidden('The playlist does not show this preview file.');
  return row;
};

/** Ids of the tasks whose preview files the playlist shows, as SQL. */
export const sharedTasks = (link: ShareLink) => sql`(select q.task_id from ${shownPreviews(link.playlist_id)} q)`;

/** The link and the guest of a command. `what` names what a link may be closed to. @throws NotFound (404), Forbidden (403). */
export const guestAt = async (context: Context, c: { token: string; password: string | null; guest_id: string }, what: string): Promise<ShareLink> => {
  const link = await openLink(context, c.token, c.password);
  if (!link.can_comment) throw new Forbidden(`This link is not open to ${what}.`);
  if (!(await isGuest(context.db, link, c.guest_id))) throw new Forbidden('This guest did not come by this link.');
  return link;
};

/** A comment of a guest. @throws NotFound (404) when it is not there, Forbidden (403) when it is somebody else's or of no shared task. */
export const ownComment = async (db: Db, link: ShareLink, comment_id: string, guest_id: string): Promise<{ id: string; task_id: string }> => {
  const row = isId(comment_id) ? await db.one<{ id: string; task_id: string; person_id: string | null }>(sql`select id, task_id, person_id from comment where id = ${comment_id}`) : null;
  if (!row) throw new NotFound('comment');
  if (row.person_id !== guest_id || !(await db.one(sql`select 1 where ${row.task_id}::uuid in ${sharedTasks(link)}`))) throw new Forbidden('Guests change their own comments only.');
  return row;
};
