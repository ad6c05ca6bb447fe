import { isId, newId, type Context, type ServiceDefinition } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { dispatchWorkers } from './dispatch.ts';
import { dropLease, keepLease, MOST_ATTEMPTS, releaseLease, takeLease, unleasedJobs } from './lease.ts';
import { buildMovie, openJob, reasonOf, tellFailure, workFolder } from './worker.ts';

/** Jobs are offered here; one replica of the queue group hears each offer. */
export const WORK_SUBJECT = 'work.playlists.build';
const QUEUE = 'playlists-build';
/** How often open jobs are offered again: an offer to a worker that is busy, or dies, is lost. */
const OFFER_MS = 1_000;
/** How soon a job that was taken away stops. */
const WATCH_MS = 500;
const WATCHES_PER_BEAT = 2;
const AGAIN_AFTER_S = 10;

type Background = Parameters<NonNullable<ServiceDefinition['background']>>[0];
export type BuildWorkerParts = Pick<Background, 'nats' | 'projector' | 'context' | 'logger'> & {
  storage: Storage; dataDir: string;
  /** A worker that says nothing for so long is taken for dead, and its job given to another. At least 3. */
  lease_s: number;
  /** How many movies this process makes at once; 0: none, it only offers. */
  workers: number;
  /** Told to `end` when there was nothing to do for so long; null: never. */
  idle: { after_s: number; end: () => void } | null;
  /** The scheduler that is asked for workers elsewhere; null: none. */
  dispatching: Parameters<typeof dispatchWorkers>[2] | null;
};

type Ended = 'stopping' | 'taken away' | 'lost';

const attempt = async (parts: BuildWorkerParts, folder: string, worker: string, id: string, stopping: AbortSignal): Promise<void> => {
  const context = parts.context(`build ${id}`);
  const { db } = context;
  const job = await openJob(db, id);
  if (!job) return;
  const attempts = await takeLease(db, id, worker, parts.lease_s);
  if (attempts === null) return;
  if (attempts > MOST_ATTEMPTS) {
    await tellFailure(context, id, `The work was begun ${MOST_ATTEMPTS} times and never came to an end.`);
    return void (await dropLease(db, id));
  }
  const ended = new AbortController();
  const end = (why: Ended) => ended.abort(Object.assign(new Error(`the build of ${id} was ended: ${why}`), { why }));
  const stop = () => end('stopping');
  stopping.addEventListener('abort', stop);
  let beats = 0;
  const watch = setInterval(() => void (async () => {
    if (!(await openJob(db, id))) return end('taken away');
    if (++beats % WATCHES_PER_BEAT === 0 && !(await keepLease(db, id, worker, parts.lease_s))) end('lost');
  })().catch((error) => parts.logger.warn({ err: error, build_job_id: id }, 'a build could not be watched')), WATCH_MS);
  try {
    if (stopping.aborted) stop();
    await buildMovie(context, parts.storage, job, folder, ended.signal);
    await dropLease(db, id);
    parts.logger.info({ build_job_id: id, movies: job.preview_file_ids.length }, 'a playlist was built');
  } catch (error) {
    await giveUp(parts, context, id, worker, error, (ended.signal.reason as { why?: Ended } | undefined)?.why);
  } finally {
    clearInterval(watch);
    stopping.removeEventListener('abort', stop);
  }
};

const giveUp = async ({ logger }: BuildWorkerParts, context: Context, id: string, worker: string, error: unknown, why: Ended | undefined): Promise<void> => {
  if (why === 'lost') return;
  if (why === 'taken away') return void (await dropLease(context.db, id));
  if (why === 'stopping') return void (await releaseLease(context.db, id, worker, { after_s: 0, counts: false }));
  const reason = reasonOf(error);
  if (reason === null) {
    logger.warn({ err: error, build_job_id: id }, 'a build did not come to its end; it is tried again');
    return void (await releaseLease(context.db, id, worker, { after_s: AGAIN_AFTER_S, counts: true }));
  }
  await tellFailure(context, id, reason);
  await dropLease(context.db, id);
};

/**
 * Does the build jobs of all replicas: each offers what the read model shows to be open and undone, on NATS to one worker of the queue
 * group, which takes it by a lease in the database. So a job outlives its worker, its offer and the broker, and is done by one at a time.
 */
export const startBuildWorker = async (parts: BuildWorkerParts): Promise<() => Promise<void>> => {
  const { nats, logger } = parts;
  const folder = await workFolder(parts.dataDir);
  const worker = newId();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const take = (id: string) => {
    if (!isId(id) || stopping.signal.aborted || running.has(id) || running.size >= parts.workers) return;
    running.set(id, attempt(parts, folder, worker, id, stopping.signal).catch((error) => logger.error({ err: error, build_job_id: id }, 'a build could not be done')).finally(() => running.delete(id)));
  };
  const subscription = parts.workers > 0 ? nats.subscribe(WORK_SUBJECT, { queue: QUEUE, callback: (error, message) => { if (!error) take(idIn(message.string())); } }) : null;
  const context = parts.context('offer');
  const { db } = context;
  let busy_at = Date.now();
  const offer = async () => {
    const open = await unleasedJobs(db);
    for (const id of open) nats.publish(WORK_SUBJECT, JSON.stringify({ build_job_id: id }));
    if (parts.dispatching) await dispatchWorkers(context, open, parts.dispatching);
    if (open.length > 0 || running.size > 0) busy_at = Date.now();
    else if (parts.idle && Date.now() - busy_at > parts.idle.after_s * 1_000) parts.idle.end();
  };
  const offerNow = () => {
    if (!stopping.signal.aborted) void offer().catch((error) => logger.warn({ err: error }, 'build jobs could not be offered'));
  };
  const timer = setInterval(offerNow, OFFER_MS);
  parts.projector.onProjected(({ events }) => { if (events.some((e) => e.type === 'BuildJobStarted')) offerNow(); });
  offerNow();
  return async () => {
    clearInterval(timer);
    subscription?.unsubscribe();
    stopping.abort();
    await Promise.all(running.values());
  };
};

/** An offer that is none names no job. */
const idIn = (text: string): string => {
  try {
    return String(JSON.parse(text).build_job_id);
  } catch {
    return '';
  }
};
