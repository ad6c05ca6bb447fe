import { defineState } from '@shotlog/kernel';

type Ids = { build_job_id: string; playlist_id: string; project_id: string };
/** What decisions about a build job need to know. */
export type BuildJobState = { status: 'missing' | 'deleted' } | { status: 'running' | 'ended'; ids: Ids; progress: number };

const idsOf = ({ build_job_id, playlist_id, project_id }: Ids): Ids => ({ build_job_id, playlist_id, project_id });
const evolve = (state: BuildJobState, { type, data }: { type: string; data: any }): BuildJobState => {
  if (type === 'BuildJobStarted') return { status: 'running', ids: idsOf(data), progress: 0 };
  if (type === 'BuildJobImported') return { status: 'ended', ids: idsOf(data), progress: 1 };
  if (type === 'BuildJobDeleted') return { status: 'deleted' };
  if (!('ids' in state)) return state;
  if (type === 'BuildJobProgressed') return { ...state, progress: data.progress };
  if (type === 'BuildJobSucceeded' || type === 'BuildJobFailed') return { ...state, status: 'ended' };
  return state;
};
export const buildJobState = defineState<BuildJobState>({ initial: { status: 'missing' }, evolve });
export const buildJobStream = ({ build_job_id }: { build_job_id: string }): string => `build_job-${build_job_id}`;
