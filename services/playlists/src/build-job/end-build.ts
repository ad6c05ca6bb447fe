import { command, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { BuildJobFailed, BuildJobProgressed, BuildJobSucceeded } from './build-job.events.ts';
import { buildJobState, buildJobStream, type BuildJobState } from './build-job.state.ts';

const Id = z.object({ build_job_id: z.guid() });
/** Workers act in the system's name: nobody else says how a build ended. */
const rules = { state: buildJobState, stream: buildJobStream, access: to.system };
/** What a job that no longer runs is told changes nothing: it ended, or was taken away meanwhile. */
const whileRunning = (state: BuildJobState, events: (job: Extract<BuildJobState, { ids: unknown }>) => NewEvent[]): NewEvent[] => (state.status === 'running' ? events(state) : []);

const Progress = Id.extend({ progress: z.number().min(0).max(1) });
/** Told by the worker now and then; progress never goes back. */
export const progressBuild = command({
  subject: 'cmd.playlists.progress-build', schema: Progress, ...rules,
  decide: (c: z.infer<typeof Progress>, state: BuildJobState) => whileRunning(state, (job) => (c.progress > job.progress ? [BuildJobProgressed({ ...job.ids, progress: c.progress })] : [])),
});

const Succeed = Id.extend({ method: z.enum(['demuxer', 'filter']), duration_s: z.number(), size_bytes: z.number().int() });
/** Told by the worker once the movie is stored. */
export const succeedBuild = command({
  subject: 'cmd.playlists.succeed-build', schema: Succeed, ...rules,
  decide: ({ method, duration_s, size_bytes }: z.infer<typeof Succeed>, state: BuildJobState) => whileRunning(state, ({ ids }) => [BuildJobSucceeded({ ...ids, method, duration_s, size_bytes })]),
});

const Fail = Id.extend({ reason: z.string().min(1).max(500) });
/** Told by the worker when it cannot be done. */
export const failBuild = command({
  subject: 'cmd.playlists.fail-build', schema: Fail, ...rules,
  decide: ({ reason }: z.infer<typeof Fail>, state: BuildJobState) => whileRunning(state, ({ ids }) => [BuildJobFailed({ ...ids, reason })]),
});
