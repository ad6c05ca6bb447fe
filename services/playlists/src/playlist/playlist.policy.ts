import { allow, NotFound, to, type Caller } from '@shotlog/kernel';
import type { PlaylistRow, PlaylistState } from './playlist.state.ts';

type Readable = { project_id: string; for_client: boolean | null };

/** Reading: the production's team but vendors; clients what is shared with clients. */
export const maySeePlaylists = (caller: Caller, project_id: string): void => allow(caller.isIn(project_id) && caller.roleIn(project_id) !== 'vendor');
export const maySeePlaylist = (caller: Caller, playlist: Readable): void => {
  maySeePlaylists(caller, playlist.project_id);
  allow(caller.roleIn(playlist.project_id) !== 'client' || playlist.for_client === true);
};
/** Taking its files away: whoever supervises, and clients what is shared with them. */
export const TAKERS = to.teamSupervisors.but({ client: 'filtered' });
export const mayTakePlaylist = (caller: Caller, playlist: Readable): void =>
  allow(caller.supervises(playlist.project_id) || (caller.isIn(playlist.project_id) && caller.roleIn(playlist.project_id) === 'client' && playlist.for_client === true));
/** Making one: whoever supervises. */
export const mayMakePlaylist = (caller: Caller, project_id: string): void => allow(caller.supervises(project_id));
/** Sharing, building and telling clients: whoever manages the production. */
export const mayManagePlaylist = (caller: Caller, project_id: string): void => allow(caller.manages(project_id));

/** Changing and deleting: whoever manages the production, and supervisors what they have made. */
export const CHANGERS = to.teamManagers.but({ supervisor: 'filtered' });
export const mayChangePlaylist = (caller: Caller, playlist: Pick<PlaylistRow, 'project_id' | 'created_by'>): void =>
  allow(caller.manages(playlist.project_id) || (caller.supervises(playlist.project_id) && caller.id !== null && playlist.created_by === caller.id));

/** The row of a live playlist. @throws NotFound (404) when it was never created or was deleted. */
export const live = (state: PlaylistState, playlist_id: string): PlaylistRow => {
  if (state.status !== 'live') throw new NotFound('playlist', playlist_id);
  return state.row;
};
/** The policies of commands on a playlist that is there. */
export const managesIt = (caller: Caller, { playlist_id }: { playlist_id: string }, state: PlaylistState): void => mayManagePlaylist(caller, live(state, playlist_id).project_id);
export const changesIt = (caller: Caller, { playlist_id }: { playlist_id: string }, state: PlaylistState): void => mayChangePlaylist(caller, live(state, playlist_id));
