import { ids, maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { buildJobTable } from '../build-job/build-job.projection.ts';
import { shareLinkTable } from '../share-link/share-link.projection.ts';
import { playlistTable } from './playlist.projection.ts';

export const Playlist = shown('Playlist', playlistTable.fields, { build_jobs: ids });
/** A playlist as a production's list shows it: without its entries, with what it begins with. */
export const ListedPlaylist = Playlist.omit({ shots: true }).extend({ first_preview_file_id: maybe.id.optional() }).meta({ id: 'ListedPlaylist' });

export const BuildJob = shown('BuildJob', buildJobTable.fields);

/** An entry with its entity's names and preview files. */
const FullEntry = z.looseObject({ preview_files: z.unknown() }).meta({ id: 'PlaylistEntry' });
/** A playlist as players take it. */
export const FullPlaylist = Playlist.extend({ shots: z.array(FullEntry), build_jobs: z.array(BuildJob).optional(), project_name: z.string().optional(), project_fps: z.unknown().optional() }).meta({ id: 'FullPlaylist' });
/** What a playlist of some tasks would show. */
export const Entries = z.array(FullEntry);

export const ShareLink = shown('PlaylistShareLink', shareLinkTable.fields, { token: z.string() });
export const Invitations = z.object({ sent: z.array(z.string()) });
export const Notified = z.object({ status: z.string() });

const named = { id: z.guid(), name: z.string() };
/** What a player of a shared playlist needs to know. */
export const SharedContext = z.object({
  project: z.looseObject({ ...named, fps: z.unknown(), ratio: z.unknown(), resolution: z.unknown(), team: z.array(z.unknown()) }).nullable(), entities: z.array(z.looseObject({ ...named, preview_file_id: maybe.id })),
  task_statuses: z.array(z.looseObject({ ...named, short_name: z.string(), color: z.string() })), task_types: z.array(z.looseObject({ ...named, color: z.string() })),
});
