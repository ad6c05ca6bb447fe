import { isId, NotFound, oneText, sql, type Context, type Db, type Shape } from '@shotlog/kernel';
import { buildJobTable } from './build-job.projection.ts';

export const buildJobShape: Shape = { table: buildJobTable, type: 'BuildJob' };
/** Where the movie of a job lies in the storage. */
export const buildJobKey = (build_job_id: string): string => `playlists/movies/${build_job_id}.mp4`;

export type FoundJob = { id: string; playlist_id: string; project_id: string; status: string; created_at: string; for_client: boolean | null };
/** @throws NotFound (404) for a job that is not there or belongs to another playlist. */
export const findBuildJob = async (db: Db, of: { playlist_id: string; build_job_id: string }): Promise<FoundJob> => {
  const row = isId(of.build_job_id) && isId(of.playlist_id) ? await db.one<FoundJob>(sql`select j.id, j.playlist_id, j.project_id, j.status, to_char(j.created_at, 'YYYYMMDD_HH24MISS') as created_at, p.for_client
    from build_job j left join playlist p on p.id = j.playlist_id where j.id = ${of.build_job_id} and j.playlist_id = ${of.playlist_id}`) : null;
  if (!row) throw new NotFound('build job');
  return row;
};

/** A job as JSON, with `progress` while it is made and `failure_reason` where it failed. */
export const buildJobJson = async (context: Pick<Context, 'db' | 'caller'>, id: string): Promise<unknown> => {
  const { progress, failure_reason, ...job } = JSON.parse((await oneText(context.db, buildJobShape, context.caller, sql`t.id = ${id}`, false)) ?? '{}');
  return { ...job, ...(job.status === 'running' && progress > 0 ? { progress } : {}), ...(failure_reason ? { failure_reason } : {}) };
};
