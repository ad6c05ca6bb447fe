import { command, f, fieldSchema, isId, oneText, route, spanning, sql, textArray, to, type CommandDefinition, type Context, type NewEvent, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { BuildJobImported } from './build-job/build-job.events.ts';
import { buildJobShape } from './build-job/build-job.queries.ts';
import { buildJobState, buildJobStream, type BuildJobState } from './build-job/build-job.state.ts';
import { checkedEntries } from './playlist/entries.ts';
import { PlaylistCreated, playlistFields, PlaylistUpdated } from './playlist/playlist.events.ts';
import { playlistShape } from './playlist/playlist.queries.ts';
import { playlistState, playlistStream, type PlaylistState } from './playlist/playlist.state.ts';
import { BuildJob, Playlist } from './playlist/playlist.answers.ts';

const Id = z.guid().toLowerCase();
const optional = (name: keyof typeof playlistFields) => fieldSchema(name, playlistFields[name]).transform((value) => value as any);
const FarPlaylist = z.object({
  id: Id, project_id: Id, name: z.string().min(1).max(80), shots: z.unknown().transform((shots) => checkedEntries(shots)), episode_id: optional('episode_id'), task_type_id: optional('task_type_id'), for_client: optional('for_client'),
  for_entity: optional('for_entity'), is_for_all: optional('is_for_all'), created_by: optional('created_by'),
});
const importPlaylist = command({
  subject: 'cmd.playlists.import-playlist', schema: FarPlaylist, state: playlistState, access: to.admins, stream: ({ id }) => playlistStream({ playlist_id: id }),
  decide: ({ id: playlist_id, ...given }: z.infer<typeof FarPlaylist>, state: PlaylistState): NewEvent[] => {
    if (state.status === 'live') return [PlaylistUpdated({ playlist_id, project_id: state.row.project_id, changes: { name: given.name, shots: given.shots } })];
    return [PlaylistCreated({ playlist_id, ...given, episode_id: given.episode_id ?? null, task_type_id: given.task_type_id ?? null, for_client: given.for_client ?? false, for_entity: given.for_entity ?? 'shot',
      is_for_all: given.is_for_all ?? false, created_by: given.created_by ?? null })];
  },
});

const Time = (name: string) => fieldSchema(name, f.time()).transform((value) => (value ?? null) as string | null);
const FarJob = z.object({ id: Id, playlist_id: Id, project_id: Id, status: z.enum(['running', 'succeeded', 'failed']).default('succeeded'), job_type: z.string().max(255).default('movie'), ended_at: Time('ended_at'), created_at: Time('created_at') });
const importBuildJob = command({
  subject: 'cmd.playlists.import-build-job', schema: FarJob, state: buildJobState, access: to.admins, stream: ({ id }) => buildJobStream({ build_job_id: id }),
  // The movie stayed where it was made, so a job that still ran there is over too.
  decide: ({ id, playlist_id, project_id, status, job_type, ended_at, created_at }: z.infer<typeof FarJob>, state: BuildJobState): NewEvent[] => ('ids' in state ? [] : [BuildJobImported({
    build_job_id: id, playlist_id, project_id, status: status === 'running' ? 'failed' : status, job_type, ended_at, created_at })]),
});

/** Everything in the order it was sent; who is no admin imports nothing and is told so by an empty list. */
const importAll = (subject: string, one: CommandDefinition, shape: Shape, complete: (entries: any[], context: Context) => Promise<any[]>) => spanning({
  subject, schema: z.array(z.looseObject({})).max(10_000), access: to.signedIn,
  handle: async (entries: any[], context) => {
    if (!context.caller.isAdmin) return [];
    const complete_ = await complete(entries, context);
    for (const entry of complete_) await context.run(one, entry, String(entry.id));
    await context.settled();
    const rows: unknown[] = [];
    for (const { id } of complete_) rows.push(JSON.parse((await oneText(context.db, shape, context.caller, sql`t.id = ${String(id).toLowerCase()}`, false)) ?? 'null'));
    return rows;
  },
});
const importPlaylists = importAll('cmd.playlists.import-kitsu-playlists', importPlaylist, playlistShape, async (entries) => entries);
const importBuildJobs = importAll('cmd.playlists.import-kitsu-build-jobs', importBuildJob, buildJobShape, async (entries, context) => {
  const ids = entries.map((e) => e.playlist_id).filter(isId);
  const projects = new Map((await context.db.all(sql`select id, project_id from playlist where id = any(${textArray(ids)}::uuid[])`)).map((row) => [row.id, row.project_id]));
  return entries.map((e) => ({ ...e, project_id: projects.get(String(e.playlist_id).toLowerCase()) }));
});

/** What another Kitsu's playlists and build jobs come in by: lists of its own objects, ids kept, sent again without harm. */
export const importRoutes = [
  route({ method: 'post', path: '/import/kitsu/playlists', summary: 'Import playlists of another Kitsu', body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(Playlist) }, command: importPlaylists, status: 200, input: (r) => r.body }),
  route({ method: 'post', path: '/import/kitsu/build-jobs', summary: 'Import build jobs of another Kitsu', body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(BuildJob) }, command: importBuildJobs, status: 200, input: (r) => r.body }),
];
