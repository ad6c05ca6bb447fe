import { NotFound, sql, type Context, type Db, type Request } from '@shotlog/kernel';
import { opens, type ShareTokens } from './token.ts';

export type ShareLink = {
  id: string; playlist_id: string; project_id: string; created_by: string | null; expiration_date: string | null; is_active: boolean; can_comment: boolean; has_password: boolean; created_at: string; updated_at: string;
};
const COLUMNS = sql`id, playlist_id, project_id, created_by, is_active, can_comment, has_password, to_char(expiration_date, 'YYYY-MM-DD"T"HH24:MI:SS') as expiration_date,
  to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS') as created_at, to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS') as updated_at`;

/** A link as those who share see it, its token included. */
export const shownLink = ({ project_id: _, ...link }: ShareLink, tokens: ShareTokens): Record<string, unknown> => ({ ...link, token: tokens.of(link.id), type: 'PlaylistShareLink' });

export const linksOf = (db: Db, playlist_id: string): Promise<ShareLink[]> =>
  db.all<ShareLink>(sql`select ${COLUMNS} from playlist_share_link where playlist_id = ${playlist_id} and is_active order by log_position`);

type Asked = Pick<Context, 'db' | 'resource'>;
/** The link of a token, whatever became of it. @throws NotFound (404). */
export const linkOf = async ({ db, resource }: Asked, token: string): Promise<ShareLink> => {
  const id = resource<ShareTokens>('shareTokens').idIn(token);
  const row = id === null ? null : await db.one<ShareLink>(sql`select ${COLUMNS} from playlist_share_link where id = ${id}`);
  if (!row) throw new NotFound('share link');
  return row;
};

/**
 * The link of a token for a guest at the door. Nobody is told what is wrong: a link that is revoked, over or locked (`?password=`) is
 * none, as if it had never been. @throws NotFound (404).
 */
export const openLink = async (context: Asked, token: string, password: string | null): Promise<ShareLink> => {
  const link = await linkOf(context, token);
  const over = link.expiration_date !== null && Date.parse(`${link.expiration_date}Z`) <= Date.now();
  if (!link.is_active || over) throw new NotFound('share link');
  if (link.has_password && !(await opens(context.db, link.id, password ?? ''))) throw new NotFound('share link');
  return link;
};
/** The same of a request. */
export const linkAsked = (context: Asked & { request: Request }): Promise<ShareLink> => openLink(context, context.request.params.token ?? '', context.request.search.get('password'));

/** Whether somebody came by this link. */
export const isGuest = async (db: Db, link: ShareLink, person_id: string): Promise<boolean> => (await db.one(sql`select 1 from guest where share_link_id = ${link.id} and person_id = ${person_id}`)) !== null;
