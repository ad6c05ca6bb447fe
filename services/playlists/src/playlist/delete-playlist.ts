import { command, route, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { PlaylistDeleted } from './playlist.events.ts';
import { CHANGERS, changesIt, live } from './playlist.policy.ts';
import { checkedId } from './playlist.queries.ts';
import { playlistClaims, playlistState, playlistStream, type PlaylistState } from './playlist.state.ts';

type DeletePlaylist = { playlist_id: string };
const decide = ({ playlist_id }: DeletePlaylist, state: PlaylistState): NewEvent[] => [PlaylistDeleted({ playlist_id, project_id: live(state, playlist_id).project_id })];

/** Deletes a playlist, with its build jobs and its share links. @throws NotFound (404). */
export const deletePlaylist = command({
  subject: 'cmd.playlists.delete-playlist', schema: z.object({ playlist_id: z.string() }), state: playlistState, claims: playlistClaims, access: CHANGERS, policy: changesIt,
  prepare: ({ playlist_id }): DeletePlaylist => ({ playlist_id: checkedId(playlist_id) }), stream: playlistStream, decide,
});
export const deletePlaylistRoute = route({
  method: 'delete', path: '/data/playlists/{instance_id}', summary: 'Delete a playlist', command: deletePlaylist, status: 204, answers: { 204: null },
  input: (request) => ({ playlist_id: request.params.instance_id }),
});
