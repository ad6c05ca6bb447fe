import { event, type EventDefinition, type EventOf, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
const Ids = z.object({ build_job_id: Id, playlist_id: Id, project_id: Id });
const ids = (e: Recorded) => ({ build_job_id: e.data.build_job_id, playlist_id: e.data.playlist_id, project_id: e.data.project_id });
const update = (status: string) => (e: Recorded) => [{ name: 'build-job:update', payload: { ...ids(e), status, ...(status === 'failed' ? {} : { progress: e.data.progress ?? 1 }) } }];

/**
 * A movie of a playlist is wanted; streams `build_job-<id>`. `preview_file_ids` are its entries' movies at that moment, in order, so
 * that whoever does the work later, or again, makes the same file. `full`: everything is encoded again.
 */
export const BuildJobStarted = event('BuildJobStarted', 1, Ids.extend({ job_type: z.literal('movie'), full: z.boolean(), preview_file_ids: z.array(Id) }),
  { publish: (e: any) => [{ name: 'build-job:new', payload: { ...ids(e), created_at: e.metadata.at.slice(0, 19) } }] }) as EventDefinition;
/** `progress` goes from 0 to 1. */
export const BuildJobProgressed = event('BuildJobProgressed', 1, Ids.extend({ progress: z.number() }), { publish: update('running') });
/** The movie is stored. `method`: its frames were copied (`demuxer`) or encoded again (`filter`). */
export const BuildJobSucceeded = event('BuildJobSucceeded', 1, Ids.extend({ method: z.enum(['demuxer', 'filter']), duration_s: z.number(), size_bytes: z.number().int() }), { publish: update('succeeded') });
/** `reason` is a sentence for whoever wanted the movie. */
export const BuildJobFailed = event('BuildJobFailed', 1, Ids.extend({ reason: z.string() }), { publish: update('failed') });
/** Taken away, with its movie; one that runs is cancelled by it. */
export const BuildJobDeleted = event('BuildJobDeleted', 1, Ids, { publish: (e) => [{ name: 'build-job:delete', payload: ids(e) }] });
/** Brought from another studio, as it stood there: nothing is to be done. */
export const BuildJobImported = event('BuildJobImported', 1, Ids.extend({ status: z.string(), job_type: z.string(), ended_at: z.string().nullable(), created_at: z.string().nullable() }),
  { publish: (e) => [{ name: 'build-job:new', payload: { ...ids(e), created_at: e.data.created_at ?? e.metadata.at.slice(0, 19) } }] });

export const buildJobEvents = [BuildJobStarted, BuildJobProgressed, BuildJobSucceeded, BuildJobFailed, BuildJobDeleted, BuildJobImported] as const;
export type BuildJobEvent = EventOf<(typeof buildJobEvents)[number]>;
