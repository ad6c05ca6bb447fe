import { Caller, Forbidden, Invalid, NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { BuildJobDeleted, BuildJobFailed, BuildJobImported, BuildJobProgressed, BuildJobStarted, BuildJobSucceeded } from './build-job.events.ts';
import { deleteBuild } from './delete-build.ts';
import { failBuild, progressBuild, succeedBuild } from './end-build.ts';
import { startBuild } from './start-build.ts';

const ids = { build_job_id: 'job', playlist_id: 'dailies', project_id: 'film' };
const started = BuildJobStarted({ ...ids, job_type: 'movie', full: false, preview_file_ids: ['v1'] });
const done = { method: 'demuxer' as const, duration_s: 2, size_bytes: 100 };
const succeeded = BuildJobSucceeded({ ...ids, ...done });
const failed = BuildJobFailed({ ...ids, reason: 'A movie is broken.' });

describe('start build', () => {
  it('says which movies, in their order', () => given(startBuild).when({ ...ids, full: false, preview_file_ids: ['v1'] }).then(started));
  it('refuses a playlist without a movie', () => given(startBuild).when({ ...ids, full: false, preview_file_ids: [] }).thenRefused(Invalid));
  it('is for who manages the production', () => {
    const by = (role: 'manager' | 'supervisor' | 'user' | 'client' | 'vendor') => () => startBuild.policy(new Caller({ id: 'me', role, teams: new Map([['film', null]]) }), { ...ids, full: false, preview_file_ids: [] }, null);
    expect(by('manager')).not.toThrow();
    for (const role of ['supervisor', 'user', 'client', 'vendor'] as const) expect(by(role)).toThrow(Forbidden);
  });
});

describe('end of a build', () => {
  const end = { build_job_id: 'job', ...done };
  it('succeeds', () => given(succeedBuild, started).when(end).then(succeeded));
  it('fails for a reason', () => given(failBuild, started).when({ build_job_id: 'job', reason: 'A movie is broken.' }).then(failed));
  it('comes once, whatever is told twice', () => {
    given(succeedBuild, started, succeeded).when(end).thenNothing();
    given(failBuild, started, succeeded).when({ build_job_id: 'job', reason: 'late' }).thenNothing();
    given(succeedBuild, started, failed).when(end).thenNothing();
  });
  it('never comes to a job that was taken away', () => given(succeedBuild, started, BuildJobDeleted(ids)).when(end).thenNothing());
  it('never comes to a job that nobody started', () => given(succeedBuild).when(end).thenNothing());
});

describe('progress of a build', () => {
  const half = { build_job_id: 'job', progress: 0.5 };
  it('is told', () => given(progressBuild, started).when(half).then(BuildJobProgressed({ ...ids, progress: 0.5 })));
  it('never goes back', () => given(progressBuild, started, BuildJobProgressed({ ...ids, progress: 0.6 })).when(half).thenNothing());
  it('ends with the job', () => given(progressBuild, started, succeeded).when(half).thenNothing());
});

describe('delete build', () => {
  const gone = BuildJobDeleted(ids);
  it('takes away a job that runs, has ended or was imported', () => {
    given(deleteBuild, started).when({ build_job_id: 'job' }).then(gone);
    given(deleteBuild, started, failed).when({ build_job_id: 'job' }).then(gone);
    given(deleteBuild, BuildJobImported({ ...ids, status: 'succeeded', job_type: 'movie', ended_at: null, created_at: null })).when({ build_job_id: 'job' }).then(gone);
  });
  it('refuses what is gone or never was', () => {
    given(deleteBuild, started, gone).when({ build_job_id: 'job' }).thenRefused(NotFound);
    given(deleteBuild).when({ build_job_id: 'job' }).thenRefused(NotFound);
  });
});
