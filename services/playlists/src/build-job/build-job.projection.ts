import { apiTime, common, f, insert, on, projection, remove, table, update, type Fields, type Recorded } from '@shotlog/kernel';
import { BuildJobDeleted, BuildJobFailed, BuildJobImported, BuildJobProgressed, BuildJobStarted, BuildJobSucceeded } from './build-job.events.ts';

/** `status` ends in `succeeded` or `failed`; `progress` is 0 to 1; `failure_reason` says why it failed. */
export const buildJobFields = {
  status: f.string(255), job_type: f.string(255), ended_at: f.time(), playlist_id: f.uuid(), progress: f.float(), failure_reason: f.text(), project_id: f.uuid({ hidden: true }),
  full: f.boolean({ hidden: true }), preview_file_ids: f.json({ hidden: true }),
} satisfies Fields;
export const buildJobTable = table('build_job', { ...buildJobFields, ...common }, { indexes: ['playlist_id', 'project_id', 'status'] });

const at = (e: Recorded) => apiTime(e.metadata.at);
const ended = (e: Recorded, changes: Record<string, unknown>) => update(buildJobTable, e.data.build_job_id, { ...changes, ended_at: at(e), updated_at: at(e) });

export const buildJobProjection = projection('build_job', [buildJobTable], [
  on(BuildJobStarted, (e: Recorded) => insert(buildJobTable, { ...e.data, id: e.data.build_job_id, status: 'running', progress: 0, created_at: at(e), updated_at: at(e), log_position: e.position })),
  on(BuildJobImported, (e: Recorded) => insert(buildJobTable, { ...e.data, id: e.data.build_job_id, progress: 1, created_at: e.data.created_at ?? at(e), updated_at: at(e), log_position: e.position })),
  on(BuildJobProgressed, (e: Recorded) => update(buildJobTable, e.data.build_job_id, { progress: e.data.progress, updated_at: at(e) })),
  on(BuildJobSucceeded, (e: Recorded) => ended(e, { status: 'succeeded', progress: 1 })),
  on(BuildJobFailed, (e: Recorded) => ended(e, { status: 'failed', failure_reason: e.data.reason })),
  on(BuildJobDeleted, (e: Recorded) => remove(buildJobTable, e.data.build_job_id)),
]);
