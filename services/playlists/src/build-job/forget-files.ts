import { reaction, sql, when, type Context } from '@shotlog/kernel';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import type { Storage } from '@shotlog/media';
import { PlaylistDeleted } from '../playlist/playlist.events.ts';
import { BuildJobDeleted } from './build-job.events.ts';
import { buildJobKey } from './build-job.queries.ts';
import { dropBuild } from './delete-build.ts';

const dropAll = async (context: Context, where: ReturnType<typeof sql>): Promise<void> => {
  for (const { id } of await context.db.all(sql`select id from build_job where ${where}`)) await context.runAsSystem(dropBuild, { build_job_id: id }, id);
};

/** What is left of build jobs: their movies go with them, and they go with their playlist or production. */
export const forgetFiles = reaction('build-job-files', [
  when(PlaylistDeleted, (event, context) => dropAll(context, sql`playlist_id = ${event.data.playlist_id}`)),
  when(projectEvents.deleted, (event: any, context: Context) => dropAll(context, sql`project_id = ${event.data.project_id}`)),
  when(BuildJobDeleted, (event, context) => context.resource<Storage>('storage').remove(buildJobKey(event.data.build_job_id))),
]);
