import { apiTime, common, insert, json, on, projection, sql, table, update } from '@shotlog/kernel';
import { PlaylistCreated, PlaylistDeleted, PlaylistEntityAdded, playlistFields, PlaylistUpdated } from './playlist.events.ts';
import { addedEntry } from './playlist.state.ts';

/** Playlists with their entries as they were given; what the entries show is looked up when it is read. */
export const playlistTable = table('playlist', { ...playlistFields, ...common }, { indexes: ['project_id, updated_at desc', 'episode_id'] });

export const playlistProjection = projection('playlist', [playlistTable], [
  on(PlaylistCreated, (e) => insert(playlistTable, { ...e.data, id: e.data.playlist_id, shots: e.data.shots ?? [], created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(PlaylistUpdated, (e) => update(playlistTable, e.data.playlist_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
  on(PlaylistEntityAdded, (e) => sql`update playlist set shots = coalesce(shots, '[]') || ${json([addedEntry(e.data)])}, updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.playlist_id}`),
  on(PlaylistDeleted, (e) => [
    sql`delete from playlist_share_link where playlist_id = ${e.data.playlist_id}`,
    sql`delete from playlist where id = ${e.data.playlist_id}`,
  ]),
]);
