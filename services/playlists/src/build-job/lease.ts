import { sql, type Db } from '@shotlog/kernel';

/** Who does which job, and until when the others believe it. No read model: it says what happens now, not what happened. */
export const LEASE_TABLE = `
  create table if not exists build_lease (build_job_id uuid primary key, worker text not null, until timestamptz not null, attempts int not null);`;

/** A job that took so many workers along is given up. */
export const MOST_ATTEMPTS = 5;

/** Takes a job unless another worker has it; answers how often it was taken, null when it is another's. */
export const takeLease = async (db: Db, build_job_id: string, worker: string, lease_s: number): Promise<number | null> => {
  const row = await db.one<{ attempts: number }>(sql`insert into build_lease as l (build_job_id, worker, until, attempts) values (${build_job_id}, ${worker}, now() + ${`${lease_s} seconds`}::interval, 1)
    on conflict (build_job_id) do update set worker = excluded.worker, until = excluded.until, attempts = l.attempts + 1 where l.until < now() returning attempts`);
  return row?.attempts ?? null;
};
/** Keeps a job; false when it is another's by now. */
export const keepLease = async (db: Db, build_job_id: string, worker: string, lease_s: number): Promise<boolean> =>
  (await db.one(sql`update build_lease set until = now() + ${`${lease_s} seconds`}::interval where build_job_id = ${build_job_id} and worker = ${worker} returning 1`)) !== null;
/** Lets others have it after a while. `counts` false: as if it had never been taken (the worker was only stopped). */
export const releaseLease = (db: Db, build_job_id: string, worker: string, { after_s, counts }: { after_s: number; counts: boolean }): Promise<unknown> =>
  db.one(sql`update build_lease set until = now() + ${`${after_s} seconds`}::interval, attempts = attempts - ${counts ? 0 : 1}::int where build_job_id = ${build_job_id} and worker = ${worker} returning 1`);
/** Forgets a job that is over. */
export const dropLease = (db: Db, build_job_id: string): Promise<unknown> => db.one(sql`delete from build_lease where build_job_id = ${build_job_id} returning 1`);
/** Jobs that run and that nobody does, oldest first. */
export const unleasedJobs = async (db: Db): Promise<string[]> => (await db.all<{ id: string }>(sql`select j.id from build_job j left join build_lease l on l.build_job_id = j.id and l.until > now()
  where j.status = 'running' and l.build_job_id is null order by j.log_position limit 50`)).map((row) => row.id);
