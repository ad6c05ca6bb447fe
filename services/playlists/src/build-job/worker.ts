import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { previewKeys } from '@shotlog/files/storage/keys';
import { DomainError, sql, textArray, type Context, type Db } from '@shotlog/kernel';
import { concatMovies, withLocalFiles, type Concatenated, type Storage } from '@shotlog/media';
import { sweepTemporaries, temporaryPath } from '@shotlog/media/temporary';
import { buildJobKey } from './build-job.queries.ts';
import { failBuild, progressBuild, succeedBuild } from './end-build.ts';

export type Job = { id: string; full: boolean; preview_file_ids: string[]; fps: string | null; resolution: string | null; mbit: number | null };
/** A sentence for whoever wanted the movie, where doing it again would change nothing. */
export class CannotBuild extends Error {}

/** A job that still runs; null once it ended or was taken away. */
export const openJob = (db: Db, id: string): Promise<Job | null> => db.one<Job>(sql`
  select j.id, j."full", j.preview_file_ids, p.fps, p.resolution, p.hd_bitrate_compression as mbit from build_job j join project p on p.id = j.project_id where j.id = ${id} and j.status = 'running'`);

/** Keys of the movies, in order. What was deleted since the job was wanted is left out. */
const keysOf = async (db: Db, storage: Storage, { preview_file_ids }: Job): Promise<string[]> => {
  const rows = await db.all(sql`select p.id from unnest(${textArray(preview_file_ids)}::uuid[]) with ordinality u(id, n) join preview_file p on p.id = u.id where p.extension = 'mp4' order by n`);
  const keys: string[] = [];
  for (const { id } of rows) {
    const key = previewKeys(id).high;
    if (await storage.stat(key)) keys.push(key);
  }
  if (keys.length === 0) throw new CannotBuild('None of the movies is there any more.');
  return keys;
};

const sizeOf = (resolution: string | null): { width: number | null; height: number | null } => {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(resolution ?? '') ?? [];
  return { width: width ? Number(width) : null, height: height ? Number(height) : null };
};

/** Movies that were encoded alike keep their shape and are copied; others, and a full build, take the production's. */
const joinMovies = (paths: string[], output: string, { fps, resolution, mbit, full }: Job, signal: AbortSignal, onProgress: (fraction: number) => void): Promise<Concatenated> =>
  concatMovies(paths, output, { fps, ...sizeOf(resolution), mbit: mbit ?? undefined, keepAlike: true, encode: full, signal, onProgress });

/** Progress becomes a fact by twentieths: no build, however long, writes more than twenty. */
const STEP = 0.05;
const tellProgress = (context: Context, build_job_id: string) => {
  let told = 0;
  return (progress: number) => {
    if (progress - told < STEP || progress >= 1) return;
    told = progress;
    void context.run(progressBuild, { build_job_id, progress }, `progress ${build_job_id} ${progress.toFixed(3)}`).catch(() => {});
  };
};

/**
 * Makes the movie of a job and stores it: the whole of it again each time it is done, so that a job cut off half way ends in the same
 * file. @throws CannotBuild, DomainError of the media, the signal's reason.
 */
export const buildMovie = async (context: Context, storage: Storage, job: Job, folder: string, signal: AbortSignal): Promise<void> => {
  const output = `${temporaryPath(folder)}.mp4`;
  try {
    const keys = await keysOf(context.db, storage, job);
    const { method, duration_s } = await withLocalFiles(storage, keys, (paths) => joinMovies(paths, output, job, signal, tellProgress(context, job.id)));
    const { size: size_bytes } = await stat(output);
    await storage.put(buildJobKey(job.id), createReadStream(output), { contentType: 'video/mp4', size: size_bytes, signal });
    await context.run(succeedBuild, { build_job_id: job.id, method, duration_s, size_bytes }, `succeeded ${job.id}`);
    // Taken away while it was stored: nobody would remove the movie later.
    if (!(await context.db.one(sql`select 1 from build_job where id = ${job.id}`))) await storage.remove(buildJobKey(job.id));
  } finally {
    await rm(output, { force: true });
  }
};

/** Why a job failed for good, or null where another attempt may do better. */
export const reasonOf = (error: unknown): string | null => {
  if (error instanceof CannotBuild) return error.message;
  return error instanceof DomainError && error.kind === 'Invalid' ? error.message : null;
};
export const tellFailure = (context: Context, build_job_id: string, reason: string): Promise<unknown> => context.run(failBuild, { build_job_id, reason: reason.slice(0, 500) }, `failed ${build_job_id}`);
/** A folder for movies under way, without what killed workers left. */
export const workFolder = async (dataDir: string): Promise<string> => {
  const folder = join(dataDir, 'temporary', 'playlists');
  await mkdir(folder, { recursive: true });
  await sweepTemporaries(folder);
  return folder;
};
