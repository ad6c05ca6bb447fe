import { defineState } from '@shotlog/kernel';

type Ids = { share_link_id: string; playlist_id: string; project_id: string };
/** What decisions about a share link need to know. `files`: how many guests have sent, by comment. */
export type ShareLinkState = { status: 'missing' } | { status: 'open' | 'revoked'; ids: Ids; guests: ReadonlySet<string>; files: ReadonlyMap<string, number> };

const evolve = (state: ShareLinkState, { type, data }: { type: string; data: any }): ShareLinkState => {
  if (type === 'ShareLinkCreated') return { status: 'open', ids: { share_link_id: data.share_link_id, playlist_id: data.playlist_id, project_id: data.project_id }, guests: new Set(), files: new Map() };
  if (state.status === 'missing') return state;
  if (type === 'ShareLinkRevoked') return { ...state, status: 'revoked' };
  if (type === 'GuestJoined') return { ...state, guests: new Set(state.guests).add(data.person_id) };
  if (type === 'GuestFilesAdded') return { ...state, files: new Map(state.files).set(data.comment_id, (state.files.get(data.comment_id) ?? 0) + data.files) };
  return state;
};
export const shareLinkState = defineState<ShareLinkState>({ initial: { status: 'missing' }, evolve });
export const shareLinkStream = ({ share_link_id }: { share_link_id: string }): string => `share_link-${share_link_id}`;
