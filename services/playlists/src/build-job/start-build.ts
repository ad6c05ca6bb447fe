import { command, flag, Invalid, NotFound, route, sql, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { mayManagePlaylist } from '../playlist/playlist.policy.ts';
import { findPlaylist } from '../playlist/playlist.queries.ts';
import { BuildJobStarted } from './build-job.events.ts';
import { buildJobJson } from './build-job.queries.ts';
import { buildJobState, buildJobStream } from './build-job.state.ts';
import { BuildJob } from '../playlist/playlist.answers.ts';

type StartBuild = { build_job_id: string; playlist_id: string; project_id: string; full: boolean; preview_file_ids: string[] };
const decide = ({ build_job_id, playlist_id, project_id, full, preview_file_ids }: StartBuild): NewEvent[] => {
  if (preview_file_ids.length === 0) throw new Invalid('The playlist holds no movie that could be joined: pictures and movies that are not ready are left out.');
  return [BuildJobStarted({ build_job_id, playlist_id, project_id, job_type: 'movie', full, preview_file_ids })];
};

/**
 * Wants one movie of a playlist's movies, in its order; pictures and whatever is not ready are left out. Answers the job, which runs
 * beside. `full`: everything is encoded again even where the movies could be joined as they are.
 * @throws NotFound (404), Invalid (400) for a playlist without a movie.
 */
export const startBuild = command({
  subject: 'cmd.playlists.start-build', schema: z.object({ playlist_id: z.string(), full: z.boolean() }), state: buildJobState, creates: true,
  access: to.teamManagers, policy: (caller, c: StartBuild) => mayManagePlaylist(caller, c.project_id),
  prepare: async ({ playlist_id, full }, context): Promise<StartBuild> => {
    const { id, project_id } = await findPlaylist(context.db, playlist_id);
    mayManagePlaylist(context.caller, project_id);
    if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('playlist', id);
    const movies = await context.db.all(sql`select p.id from playlist t, jsonb_array_elements(t.shots) with ordinality x(e, n) join preview_file p on p.id = (x.e->>'preview_file_id')::uuid
      join entity en on en.id = p.entity_id where t.id = ${id} and p.extension = 'mp4' and p.status = 'ready' and (en.project_id = ${project_id} or en.is_shared) order by n`);
    return { build_job_id: context.moment.id(), playlist_id: id, project_id, full, preview_file_ids: movies.map((row) => row.id) };
  },
  stream: buildJobStream, decide,
  answer: (c: StartBuild, context) => buildJobJson(context, c.build_job_id),
});
export const startBuildRoute = route({
  method: 'get', path: '/data/playlists/{playlist_id}/build/mp4', summary: 'Start to build one movie of a playlist', answers: { 200: BuildJob }, query: { full: 'true: encode everything again' }, command: startBuild, status: 200,
  input: (r) => ({ playlist_id: r.params.playlist_id, full: flag(r.search, 'full') }),
});
