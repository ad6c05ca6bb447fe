import { Invalid, isId, NotFound, oneText, raw, rendered, selectList, sql, type Caller, type Context, type Db, type Rendered, type Shape, type Statement } from '@shotlog/kernel';
import { playlistTable } from './playlist.projection.ts';

/** Playlists as the API shows them; `build_jobs` (ids, oldest first) with relations. */
export const playlistShape: Shape = {
  table: playlistTable, type: 'Playlist',
  relations: { build_jobs: sql`(select coalesce(json_agg(j.id order by j.log_position), '[]') from build_job j where j.playlist_id = t.id)` },
};

/** The id of a playlist on a generic route. @throws Invalid (400). */
export const checkedId = (id: string): string => {
  if (!isId(id)) throw new Invalid(`"${id.slice(0, 60)}" is no id.`);
  return id.toLowerCase();
};
/** The same elsewhere. @throws NotFound (404). */
export const pathPlaylist = (id: string): string => {
  if (!isId(id)) throw new NotFound('playlist');
  return id.toLowerCase();
};

export type FoundPlaylist = { id: string; name: string; project_id: string; episode_id: string | null; for_client: boolean; for_entity: string; created_by: string | null; created_at: string };
/** The row of a playlist, of one production where it is named. @throws NotFound (404). */
export const findPlaylist = async (db: Db, playlist_id: string, project_id?: string): Promise<FoundPlaylist> => {
  const id = pathPlaylist(playlist_id);
  const row = await db.one<FoundPlaylist>(sql`select id, name, project_id, episode_id, for_client, for_entity, created_by, to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS') as created_at from playlist where id = ${id}`);
  if (!row || (project_id !== undefined && row.project_id !== project_id)) throw new NotFound('playlist', id);
  return row;
};

/** One playlist as JSON, for answers of commands. */
export const playlistJson = async (context: Context, playlist_id: string, relations: boolean): Promise<unknown> =>
  JSON.parse((await oneText(context.db, playlistShape, context.caller, sql`t.id = ${playlist_id}`, relations)) ?? 'null');

/** What of all playlists a caller may see, as SQL over `t`; null: everything. @throws Forbidden (403) for vendors. */
export const seenPlaylists = (caller: Caller): Statement | null => {
  if (caller.isAdmin) return null;
  const teams = [...caller.teams.keys()];
  const seeing = (of: (role: string) => boolean) => `{${teams.filter((id) => of(caller.roleIn(id))).join(',')}}`;
  return sql`(t.project_id = any(${seeing((role) => role !== 'vendor' && role !== 'client')}::uuid[]) or (t.for_client and t.project_id = any(${seeing((role) => role === 'client')}::uuid[])))`;
};

const PAGE = 20;
const SORTS: Record<string, string> = { name: 't.name, t.log_position', created_at: 't.created_at desc, t.log_position desc', updated_at: 't.updated_at desc, t.log_position desc' };
/** The first preview file of a playlist's entries, which stands for it in lists. */
const firstPreview = raw(`(select x.e->>'preview_file_id' from jsonb_array_elements(t.shots) with ordinality x(e, n) where x.e->>'preview_file_id' is not null order by n limit 1)`);

const pageOf = (search: URLSearchParams): number => {
  const page = search.get('page') ?? '1';
  if (!/^-?\d{1,6}$/.test(page)) throw new Invalid('page must be a whole number.');
  return Math.max(1, Number(page));
};
const taskTypeOf = (search: URLSearchParams): Statement => {
  const id = search.get('task_type_id');
  if (!id) return raw('true');
  if (!isId(id)) throw new Invalid('task_type_id must be an id.');
  return sql`t.task_type_id = ${id}`;
};

/** A page of twenty playlists of a production without their entries, lastly changed ones first unless `sort_by` says otherwise. */
export const playlistPage = async (db: Db, caller: Caller, project_id: string, search: URLSearchParams, scope: Statement): Promise<Rendered> => {
  const client = caller.roleIn(project_id) === 'client' ? raw('t.for_client') : raw('true');
  const page = pageOf(search);
  const names = Object.keys(playlistTable.fields).filter((name) => name !== 'shots' && name !== 'log_position');
  const rows = sql`select ${selectList(playlistShape, caller, false, names)}, ${firstPreview} as first_preview_file_id from playlist t
    where t.project_id = ${project_id} and ${scope} and ${taskTypeOf(search)} and ${client} order by ${raw(SORTS[search.get('sort_by') ?? ''] ?? SORTS.updated_at!)} limit ${PAGE} offset ${(page - 1) * PAGE}`;
  return rendered(db, rows);
};
