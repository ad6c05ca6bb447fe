import { command, NotFound, route, to, type Caller, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { mayManagePlaylist } from '../playlist/playlist.policy.ts';
import { BuildJobDeleted } from './build-job.events.ts';
import { findBuildJob } from './build-job.queries.ts';
import { buildJobState, buildJobStream, type BuildJobState } from './build-job.state.ts';

type DeleteBuild = { build_job_id: string; playlist_id?: string };
const found = (state: BuildJobState, { build_job_id }: DeleteBuild) => {
  if (!('ids' in state)) throw new NotFound('build job', build_job_id);
  return state.ids;
};
const rules = {
  state: buildJobState, stream: buildJobStream, access: to.teamManagers, policy: (caller: Caller, c: DeleteBuild, state: BuildJobState) => mayManagePlaylist(caller, found(state, c).project_id),
  decide: (c: DeleteBuild, state: BuildJobState): NewEvent[] => [BuildJobDeleted(found(state, c))],
};

/** Deletes a build job and its movie; one that runs is cancelled. @throws NotFound (404) for a job of another playlist. */
export const deleteBuild = command({
  subject: 'cmd.playlists.delete-build', schema: z.object({ playlist_id: z.string(), build_job_id: z.string() }), ...rules,
  prepare: async (c, context): Promise<DeleteBuild> => ({ build_job_id: (await findBuildJob(context.db, c)).id }),
});
/** The same where its playlist is gone already. */
export const dropBuild = command({ subject: 'cmd.playlists.drop-build', schema: z.object({ build_job_id: z.guid() }), ...rules, access: to.system });

export const deleteBuildRoute = route({ method: 'delete', path: '/data/playlists/{playlist_id}/jobs/{build_job_id}', summary: 'Delete a build job and its movie', command: deleteBuild, status: 204, answers: { 204: null } });
