import { raw, sql, type Context, type Db } from '@shotlog/kernel';
import { tellFailure } from './worker.ts';
import type { Runner } from './runner.ts';

/** For which builds a scheduler was asked for a worker, how often, and from when on it may be asked again. Losing it only starts a worker too many. */
export const DISPATCH_TABLE = 'create table if not exists build_dispatch (build_job_id uuid primary key, attempts int not null, next_at timestamptz not null);';

/** A build for which so many workers were started, none of which did it, is given up. */
export const MOST_DISPATCHES = 5;
/** The longest pause after the scheduler could not be asked. */
const AGAIN_AFTER_S = 10;

/** One replica's turn to ask for a worker; answers the how many-th it is, null when it is not due. */
const take = async (db: Db, id: string, again_s: number): Promise<number | null> => (await db.one<{ attempts: number }>(sql`insert into build_dispatch as d (build_job_id, attempts, next_at) values (${id}, 1, now() + ${`${again_s} seconds`}::interval)
  on conflict (build_job_id) do update set attempts = d.attempts + 1, next_at = excluded.next_at where d.next_at <= now() returning attempts`))?.attempts ?? null;
const giveBack = (db: Db, id: string, again_s: number): Promise<void> => db.batch([sql`update build_dispatch set attempts = attempts - 1, next_at = now() + ${`${Math.min(AGAIN_AFTER_S, again_s)} seconds`}::interval where build_job_id = ${id}`]);
const forgetEnded = (db: Db): Promise<void> => db.batch([raw("delete from build_dispatch d where not exists (select 1 from build_job j where j.id = d.build_job_id and j.status = 'running')")]);

type Parts = { runner: Runner; again_s: number; logger: { warn(facts: object, message: string): void; info(facts: object, message: string): void } };

/**
 * Asks the scheduler for a worker for each of these builds, which nobody does: once, and again where that one has not come, or died, after
 * `again_s`. All replicas may do this at once.
 */
export const dispatchWorkers = async (context: Context, open: string[], { runner, again_s, logger }: Parts): Promise<void> => {
  const { db } = context;
  for (const id of open) {
    const attempt = await take(db, id, again_s);
    if (attempt === null) continue;
    if (attempt > MOST_DISPATCHES) {
      await tellFailure(context, id, `${MOST_DISPATCHES} workers were asked for and none has made the movie.`);
      continue;
    }
    try {
      await runner.dispatch(id, attempt);
      logger.info({ build_job_id: id, attempt }, 'a worker was asked for');
    } catch (error) {
      logger.warn({ err: error, build_job_id: id }, 'no worker could be asked for; it is tried again');
      await giveBack(db, id, again_s);
    }
  }
  await forgetEnded(db);
};
