import { allow, Invalid, media, NotFound, pathId, rendered, route, selectList, sql, to, type QueryContext, type Route } from '@shotlog/kernel';
import { serveObject } from '@shotlog/files/storage/serve-object';
import { fileName } from '../playlist/file-name.ts';
import { mayTakePlaylist, TAKERS } from '../playlist/playlist.policy.ts';
import { buildJobJson, buildJobKey, buildJobShape, findBuildJob } from './build-job.queries.ts';
import { BuildJob } from '../playlist/playlist.answers.ts';
import { z } from 'zod';

const found = async (c: QueryContext) => {
  const job = await findBuildJob(c.db, c.request.params as { playlist_id: string; build_job_id: string });
  mayTakePlaylist(c.caller, job);
  return job;
};
/** Whoever manages the production looks at how a build goes, and clients where it is of what is shared with them. */
const lookers = to.teamManagers.but({ client: 'filtered' });

const movie = async (c: QueryContext) => {
  const job = await found(c);
  if (job.status === 'failed') throw new Invalid('This build has failed: there is no movie.');
  if (job.status !== 'succeeded') throw new NotFound('movie: the build still runs');
  const named = await c.db.one(sql`select t.name, p.name as project from playlist t join project p on p.id = t.project_id where t.id = ${job.playlist_id}`);
  return serveObject(c.resource('storage'), buildJobKey(job.id), c.request, { download: `${job.created_at}_${fileName([named?.project, named?.name])}.mp4` });
};

/** What is asked of build jobs. */
export const buildJobQueries: Route[] = [
  route({ method: 'get', path: '/data/playlists/{playlist_id}/jobs/{build_job_id}', summary: 'Get a build job', answers: { 200: BuildJob }, access: lookers,
    ask: async (c) => {
      const { id, project_id } = await found(c);
      allow(c.caller.manages(project_id) || c.caller.roleIn(project_id) === 'client');
      c.keep([project_id], 'role');
      return buildJobJson(c, id);
    } }),
  route({ method: 'get', path: '/data/playlists/{playlist_id}/jobs/{build_job_id}/build/mp4', summary: 'Download the movie of a build job', answers: { 200: media('video/mp4') }, access: TAKERS, ask: movie }),
  route({ method: 'get', path: '/data/projects/{project_id}/build-jobs', summary: "List a production's build jobs", answers: { 200: z.array(BuildJob) }, access: to.admins,
    ask: async (c) => {
      const id = pathId(c.request, 'project_id');
      if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('production', id);
      c.keep([id], 'role');
      return rendered(c.db, sql`select ${selectList(buildJobShape, c.caller, false)} from build_job t where t.project_id = ${id} order by t.log_position`);
    } }),
];
