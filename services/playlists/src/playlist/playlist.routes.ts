import { allow, isId, list, listed, NotFound, oneText, only, pathId, raw, Rendered, rendered, route, selectList, sql, to, wantsRelations, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { previewFileTable } from '../neighbours.ts';
import { fullPlaylist } from './full-playlist.ts';
import { maySeePlaylist, maySeePlaylists } from './playlist.policy.ts';
import { checkedId, findPlaylist, playlistPage, playlistShape, seenPlaylists } from './playlist.queries.ts';
import { previewTables, shownTo } from './preview.sql.ts';
import { FullPlaylist, ListedPlaylist, Playlist } from './playlist.answers.ts';
import { PreviewFile, PreviewsByTaskType } from '@shotlog/files/preview-file/preview-file.answers';
import { z } from 'zod';

/** The production of the path. @throws NotFound (404), Forbidden (403). */
const production = async (c: QueryContext): Promise<string> => {
  const id = pathId(c.request, 'project_id');
  if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('production', id);
  maySeePlaylists(c.caller, id);
  return id;
};

const page = async (c: QueryContext, project_id: string, scope: Statement): Promise<Rendered> => {
  c.keep([project_id], 'role');
  return playlistPage(c.db, c.caller, project_id, c.request.search, scope);
};

const ofEpisode = async (c: QueryContext): Promise<Rendered> => {
  const project_id = await production(c);
  const episode_id = c.request.params.episode_id!;
  if (episode_id === 'main') return page(c, project_id, raw('t.episode_id is null and not t.is_for_all'));
  if (episode_id === 'all') return page(c, project_id, raw('t.is_for_all'));
  const found = isId(episode_id) && (await c.db.one(sql`select 1 from entity where id = ${episode_id} and project_id = ${project_id} and kind = 'episode'`));
  if (!found) throw new NotFound('episode');
  return page(c, project_id, sql`t.episode_id = ${episode_id}`);
};

/** Productions whose events change what the playlist shows: its own, and those that its shared assets come from. */
const dependsOn = async (c: QueryContext, playlist_id: string, project_id: string): Promise<string[]> => {
  const others = await c.db.all(sql`select distinct en.project_id from playlist t, jsonb_array_elements(t.shots) x(e) join entity en on en.id = (x.e->>'entity_id')::uuid
    where t.id = ${playlist_id} and en.project_id <> ${project_id}`);
  return [project_id, ...others.map((row) => row.project_id)];
};

const whole = async (c: QueryContext): Promise<Rendered> => {
  const playlist = await findPlaylist(c.db, c.request.params.playlist_id!, pathId(c.request, 'project_id'));
  maySeePlaylist(c.caller, playlist);
  const text = await fullPlaylist(c.db, playlist.id, 'plain', shownTo(c.caller, playlist.project_id));
  c.keep(await dependsOn(c, playlist.id, playlist.project_id), c.caller.roleIn(playlist.project_id) === 'client' ? 'person' : 'role');
  return new Rendered(text);
};

const one = async (c: QueryContext): Promise<Rendered> => {
  const playlist = await findPlaylist(c.db, checkedId(c.request.params.instance_id!));
  maySeePlaylist(c.caller, playlist);
  c.keep([playlist.project_id], 'role');
  return new Rendered((await oneText(c.db, playlistShape, c.caller, sql`t.id = ${playlist.id}`, wantsRelations(c.request)))!);
};

const ofEntity = async (c: QueryContext): Promise<Rendered> => {
  const id = pathId(c.request, 'entity_id');
  const entity = await c.db.one(sql`select project_id from entity where id = ${id}`);
  if (!entity) throw new NotFound('entity', id);
  const role = c.caller.roleIn(entity.project_id);
  allow(c.caller.isIn(entity.project_id));
  if (role === 'vendor') allow((await c.db.one(sql`select 1 from task where entity_id = ${id} and ${c.caller.id}::uuid = any(assignees)`)) !== null);
  c.keep([entity.project_id], role === 'client' || role === 'vendor' ? 'person' : 'role');
  return new Rendered(await c.db.text(sql`with ${previewTables(sql`select ${id}::uuid`, sql`${entity.project_id}`, 'whole', shownTo(c.caller, entity.project_id))} select coalesce((select groups from by_type), '{}')::text as text`));
};

const all = async (c: QueryContext): Promise<Rendered> => {
  const project_id = await production(c);
  only.admin(c.caller);
  c.keep([project_id], 'role');
  return rendered(c.db, sql`select ${selectList(playlistShape, c.caller, true)} from playlist t where t.project_id = ${project_id} order by t.updated_at desc, t.log_position desc`);
};

/** What is asked of playlists. */
export const playlistQueries: Route[] = [
  route({ method: 'get', path: '/data/playlists', summary: 'List every playlist that you may see', answers: { 200: listed(Playlist) }, access: to.teamStaff.but({ client: 'filtered' }).listed, policy: (caller) => allow(!caller.isVendor),
    ask: (c) => {
      c.keep(['*'], 'person');
      return list({ shape: playlistShape, db: c.db, caller: c.caller, request: c.request, scope: seenPlaylists(c.caller) });
    } }),
  route({ method: 'get', path: '/data/playlists/{instance_id}', summary: 'Get a playlist with its entries as they were given', answers: { 200: Playlist }, access: to.teamStaff.but({ client: 'filtered' }), ask: one }),
  route({ method: 'get', path: '/data/projects/{project_id}/playlists', summary: "List a production's playlists", answers: { 200: z.array(ListedPlaylist) }, access: to.teamStaff.but({ client: 'filtered' }),
    query: { page: 'from 1, twenty a page', sort_by: 'name, created_at or updated_at (the default, latest first)', task_type_id: 'only of this task type' },
    ask: async (c) => page(c, await production(c), raw('true')) }),
  route({ method: 'get', path: '/data/projects/{project_id}/playlists/all', summary: "List all of a production's playlists with their entries", answers: { 200: z.array(Playlist) }, access: to.admins, ask: all }),
  route({ method: 'get', path: '/data/projects/{project_id}/episodes/{episode_id}/playlists', summary: "List an episode's playlists", answers: { 200: z.array(ListedPlaylist) },
    description: '`main` in place of an id: playlists of no episode; `all`: those that are for all of them.', access: to.team.but({ vendor: 'refused' }), ask: ofEpisode }),
  route({ method: 'get', path: '/data/projects/{project_id}/playlists/{playlist_id}', summary: 'Get a playlist with the preview files of each entry', answers: { 200: FullPlaylist }, access: to.teamStaff.but({ client: 'filtered' }), ask: whole }),
  route({ method: 'get', path: '/data/playlists/entities/{entity_id}/preview-files', summary: "An entity's preview files by task type", answers: { 200: PreviewsByTaskType }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }), ask: ofEntity }),
  route({ method: 'get', path: '/data/playlists/preview-files/running', summary: 'Preview files that are being made ready', answers: { 200: z.array(PreviewFile) }, access: to.admins,
    ask: (c) => {
      c.keep(['*'], 'role');
      return rendered(c.db, sql`select ${selectList({ table: previewFileTable, type: 'PreviewFile' }, c.caller, false)} from preview_file t where t.status = 'processing' order by t.log_position desc`);
    } }),
];
