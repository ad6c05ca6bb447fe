import { previewKeys } from '@shotlog/files/storage/keys';
import { serveObject, type Serving } from '@shotlog/files/storage/serve-object';
import { Invalid, media, NotFound, oneText, Rendered, route, sql, to, type QueryContext, type Reply, type Route } from '@shotlog/kernel';
import { previewFileTable } from '../neighbours.ts';
import { above, namedEntries } from '../playlist/entry.sql.ts';
import { fileName } from '../playlist/file-name.ts';
import { fullPlaylist } from '../playlist/full-playlist.ts';
import { wholeObject } from '../playlist/stored-object.ts';
import { sharedPreview, sharedTasks, type SharedPreview } from './guest.ts';
import { linkAsked, type ShareLink } from './share-link.queries.ts';
import { FullPlaylist, SharedContext } from '../playlist/playlist.answers.ts';
import { PreviewFile } from '@shotlog/files/preview-file/preview-file.answers';
import { CommentWithAuthor } from '@shotlog/tasks/comment/comment.answers';
import { z } from 'zod';

const missing = (): never => { throw new NotFound('stored file'); };
type Choose = (row: SharedPreview, c: QueryContext, link: ShareLink) => { key: string; serving?: Serving } | Promise<{ key: string; serving?: Serving }>;
const served = (path: string, summary: string, type: string, choose: Choose): Route => route({
  method: 'get', path: `/shared/playlists/{token}${path}`, summary, answers: { 200: media(type), 206: media(type) }, access: to.linkHolders,
  ask: async (c): Promise<Reply> => {
    const link = await linkAsked(c);
    const { key, serving } = await choose(await sharedPreview(c.db, link, c.request.params.preview_file_id!), c, link);
    return serveObject(c.resource('storage'), key, c.request, serving);
  },
});
const isMovie = (row: SharedPreview): boolean => row.extension === 'mp4';
const byExtension = (row: SharedPreview, extension: string): string => {
  if (extension === 'mp4') throw new Invalid('Movies are served at /movies/originals.');
  const whole = wholeObject(row);
  return extension === whole.extension ? whole.key : missing();
};

const nameOf = async (c: QueryContext, link: ShareLink, row: SharedPreview): Promise<string> => {
  const named = await c.db.one(sql`select pr.name as project, ${above} as above, en.name, tt.name as task_type, p.revision from ${namedEntries} where t.id = ${link.playlist_id} and p.task_id = ${row.task_id} and p.revision = ${row.revision} limit 1`);
  return `${fileName([named?.project, ...(named?.above ?? []), named?.name, named?.task_type, `v${row.revision}`])}.${wholeObject(row).extension}`;
};

const preview = async (c: QueryContext): Promise<Rendered> => {
  const { id } = await sharedPreview(c.db, await linkAsked(c), c.request.params.preview_file_id!);
  return new Rendered((await oneText(c.db, { table: previewFileTable, type: 'PreviewFile' }, c.caller, sql`t.id = ${id}`, false))!);
};

/** What a player needs to know of the studio, and nothing of its people. */
const surroundings = async (c: QueryContext): Promise<Rendered> => {
  const link = await linkAsked(c);
  return new Rendered(await c.db.text(sql`select json_build_object(
    'project', (select json_build_object('id', id, 'name', name, 'fps', fps, 'ratio', ratio, 'resolution', resolution, 'team', '[]'::json) from project where id = ${link.project_id}),
    'entities', (select coalesce(json_agg(json_build_object('id', en.id, 'name', en.name, 'preview_file_id', en.preview_file_id) order by s.n), '[]') from
      (select coalesce(x.e->>'entity_id', x.e->>'id')::uuid as id, min(x.n) as n from playlist l, jsonb_array_elements(l.shots) with ordinality x(e, n) where l.id = ${link.playlist_id} group by 1) s join entity en on en.id = s.id),
    'task_statuses', (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'short_name', short_name, 'color', color, 'is_client_allowed', is_client_allowed, 'is_default', is_default, 'for_concept', for_concept)
      order by log_position), '[]') from task_status where not coalesce(archived, false)),
    'task_types', (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'color', color, 'for_entity', for_entity) order by log_position), '[]') from task_type))::text as text`));
};

type CommentRow = { person_id: string | null; editor_id: string | null; is_guest: boolean | null } & Record<string, unknown>;
/** Comments of the playlist's tasks that are meant for clients, and those of guests; newest first. */
const comments = async (c: QueryContext): Promise<unknown> => {
  const link = await linkAsked(c);
  const rows = JSON.parse(await c.db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (select k.id, k.task_id as object_id, 'Task' as object_type, k.person_id, k.editor_id, k.task_status_id, k.preview_file_id, k.text, k.checklist,
      coalesce(k.replies, '[]') as replies, k.links, k.data, case when k.pinned then true end as pinned, k.for_client, k.shotgun_id, k.created_at, k.updated_at, 'Comment' as type, d.is_guest,
      (select json_build_object('id', s.id, 'name', s.name, 'short_name', s.short_name, 'color', s.color) from task_status s where s.id = k.task_status_id) as task_status,
      (select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'extension', a.extension, 'size', a.size) order by a.log_position), '[]') from attachment_file a where a.comment_id = k.id) as attachment_files
    from comment k left join directory_person d on d.id = k.person_id where k.task_id in ${sharedTasks(link)} and (k.for_client or d.is_guest) order by k.created_at desc, k.log_position desc) r`)) as CommentRow[];
  const persons = await c.persons(rows.flatMap((row) => [row.person_id, row.editor_id]).filter((id) => id !== null));
  const shown = (id: string | null) => {
    const card = id === null ? undefined : persons.get(id);
    return card && { id: card.id, first_name: card.first_name, last_name: card.last_name, full_name: card.full_name, has_avatar: card.has_avatar, role: card.role };
  };
  return rows.map(({ is_guest, ...row }) => ({ ...row, person: { ...shown(row.person_id), is_guest: is_guest === true }, ...(row.editor_id ? { editor: shown(row.editor_id) } : {}) }));
};

/** What guests see by a link. */
export const sharedRoutes: Route[] = [
  route({ method: 'get', path: '/shared/playlists/{token}', summary: 'Get a shared playlist', answers: { 200: FullPlaylist }, query: { password: 'of a locked link' }, access: to.linkHolders,
    ask: async (c) => new Rendered(await fullPlaylist(c.db, (await linkAsked(c)).playlist_id, 'shared')) }),
  route({ method: 'get', path: '/shared/playlists/{token}/context', summary: 'What a player of a shared playlist needs to know', answers: { 200: SharedContext }, access: to.linkHolders, ask: surroundings }),
  route({ method: 'get', path: '/shared/playlists/{token}/comments', summary: 'List the comments that guests see', answers: { 200: z.array(CommentWithAuthor) }, access: to.linkHolders, ask: comments }),
  route({ method: 'get', path: '/shared/playlists/{token}/preview-files/{preview_file_id}', summary: 'Get a preview file of a shared playlist', answers: { 200: PreviewFile }, access: to.linkHolders, ask: preview }),
  served('/preview-files/{preview_file_id}/download', 'Download a preview file of a shared playlist', '*/*', async (row, c, link) => ({ key: wholeObject(row).key, serving: { download: await nameOf(c, link, row) } })),
  served('/movies/originals/preview-files/{preview_file_id}.mp4', 'Play a movie of a shared playlist', 'video/mp4', (row) => ({ key: isMovie(row) ? previewKeys(row.id).high : missing() })),
  served('/movies/tiles/preview-files/{preview_file_id}.png', "Get the sheet of a shared movie's frames", 'image/png', (row) => ({ key: isMovie(row) ? previewKeys(row.id).tile : missing() })),
  served('/pictures/originals/preview-files/{preview_file_id}.png', 'Get a shared picture, or a still of a movie', 'image/png', (row) => ({ key: row.kind === 'file' ? missing() : previewKeys(row.id).original })),
  served('/pictures/originals/preview-files/{preview_file_id}.{extension}', 'Get a shared file as it was sent', '*/*', (row, { request }) => ({ key: byExtension(row, (request.params.extension ?? '').toLowerCase()) })),
  served('/pictures/thumbnails/preview-files/{preview_file_id}.png', 'Get a shared preview file, 150 x 100 pixels', 'image/png', (row) => ({ key: previewKeys(row.id).thumbnail })),
];
