import { defineState, type Claim } from '@shotlog/kernel';

/**
 * An entry of a playlist: an entity under one preview file; a shot may stand twice, with two preview revisions. Null: it had none.
 * Other keys are the client's own.
 */
export type Entry = { entity_id?: string; preview_file_id?: string | null } & Record<string, unknown>;
export type PlaylistRow = {
  name: string; shots: Entry[]; project_id: string; episode_id: string | null; task_type_id: string | null; for_client: boolean; for_entity: string; is_for_all: boolean; created_by: string | null;
};
/** What decisions about a playlist need to know: the whole of it, so that only what changed becomes a fact. */
export type PlaylistState = { status: 'missing' | 'deleted' } | { status: 'live'; row: PlaylistRow };

export const entryKey = (entry: Entry): string => `${entry.entity_id ?? entry.id}/${entry.preview_file_id ?? null}`;
/** An entry as it is added: an absent preview file leaves no key. */
export const addedEntry = ({ entity_id, preview_file_id }: { entity_id: string; preview_file_id: string | null }): Entry => ({ entity_id, ...(preview_file_id ? { preview_file_id } : {}) });

const rowOf = ({ playlist_id: _, ...data }: any): PlaylistRow => ({
  episode_id: null, task_type_id: null, for_client: false, for_entity: 'shot', is_for_all: false, created_by: null, ...data, shots: data.shots ?? [],
});
const evolve = (state: PlaylistState, { type, data }: { type: string; data: any }): PlaylistState => {
  if (type === 'PlaylistCreated') return { status: 'live', row: rowOf(data) };
  if (type === 'PlaylistDeleted') return { status: 'deleted' };
  if (state.status !== 'live') return state;
  if (type === 'PlaylistUpdated') return { status: 'live', row: { ...state.row, ...data.changes, shots: data.changes.shots ?? state.row.shots } };
  if (type === 'PlaylistEntityAdded') return { status: 'live', row: { ...state.row, shots: [...state.row.shots, addedEntry(data)] } };
  return state;
};
export const playlistState = defineState<PlaylistState>({ initial: { status: 'missing' }, evolve });

/** An episode's playlists have names of their own; outside of episodes two may be called the same. */
export const playlistClaims = (state: PlaylistState): Claim[] =>
  state.status === 'live' && state.row.episode_id ? [{ kind: 'playlist.name', key: [state.row.project_id, state.row.episode_id, state.row.name].join('\n') }] : [];
export const CLAIM_SOURCE = `select 'playlist.name', concat_ws(E'\\n', project_id, episode_id, name), 'playlist-' || id from playlist where episode_id is not null`;
export const playlistStream = ({ playlist_id }: { playlist_id: string }): string => `playlist-${playlist_id}`;
