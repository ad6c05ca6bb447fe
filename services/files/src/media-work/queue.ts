import { hostname } from 'node:os';
import { DomainError, sql, type Context, type Db } from '@shotlog/kernel';
import type { FileResources } from '../storage/open.ts';
import { previewKeys } from '../storage/keys.ts';
import { settlePreviewFile } from '../preview-file/update-preview-file.ts';
import { prepare, type Work } from './prepare.ts';

/** Who works on what, until when. The work itself is read from the previews that wait: losing this table loses nothing. */
export const MEDIA_TABLES = 'create table if not exists media_lease (preview_file_id uuid primary key, owner text not null, until timestamptz not null, attempts int not null);';

const LEASE_S = 60;
const POLL_MS = 5_000;
const ATTEMPTS = 3;

type Logger = { error(facts: object, message: string): void; warn(facts: object, message: string): void };
type Parts = { context: (key: string) => Context; logger: Logger; resources: FileResources };
export type MediaQueue = { poke(): void; stop(): Promise<void> };

const claim = (db: Db, kind: Work['kind'], owner: string) => db.one<{ preview_file_id: string; attempts: number }>(sql`insert into media_lease (preview_file_id, owner, until, attempts)
  select t.id, ${owner}, now() + make_interval(secs => ${LEASE_S}), 1 from preview_file t left join media_lease l on l.preview_file_id = t.id
    where t.status = 'processing' and t.kind = ${kind} and t.source_key is not null and (l.until is null or l.until < now()) order by t.updated_at, t.log_position limit 1
  on conflict (preview_file_id) do update set owner = excluded.owner, until = excluded.until, attempts = media_lease.attempts + 1 where media_lease.until < now()
  returning preview_file_id, attempts`);

/** "1920x1080"; either side may be missing. */
const sides = (text: string | null): { width: number | null; height: number | null } => {
  const found = /^\s*(\d{2,5})?\s*x\s*(\d{2,5})?\s*$/i.exec(text ?? '');
  return { width: found?.[1] ? Number(found[1]) : null, height: found?.[2] ? Number(found[2]) : null };
};
const rate = (text: string | null): string | null => (text !== null && Number(text) > 0 && Number(text) <= 240 ? text : null);

const workOf = async (db: Db, id: string): Promise<Work | null> => {
  const row = await db.one(sql`select t.id, t.kind, t.source_key, coalesce(nullif(e.data->>'fps', ''), p.fps) as fps, coalesce(nullif(e.data->>'resolution', ''), p.resolution) as resolution,
    coalesce(p.hd_bitrate_compression, 28)::int as high_mbit, coalesce(p.ld_bitrate_compression, 6)::int as low_mbit
    from preview_file t left join project p on p.id = t.production_id left join entity e on e.id = t.of_entity_id where t.id = ${id}`);
  return row && { id: row.id, kind: row.kind, source_key: row.source_key, fps: rate(row.fps), ...sides(row.resolution), high_mbit: Math.max(1, row.high_mbit), low_mbit: Math.max(1, row.low_mbit) };
};

/**
 * Makes previews ready in the background: pictures and movies that arrived wait in the read model (`processing`), and each worker takes one
 * after another under a lease. What a stop or a crash cuts off is taken again.
 */
export const startMediaQueue = async ({ context, logger, resources }: Parts): Promise<MediaQueue> => {
  const { db } = context('queue');
  const owner = hostname();
  const stopping = new AbortController();
  const sleepers = new Set<() => void>();
  // A process that ended before us on this machine works on nothing any more.
  await db.batch([sql`update media_lease set until = now() where owner = ${owner}`]);
  // It may have been killed before it removed what had been sent, from which everything was made.
  for (const left of await db.all<{ preview_file_id: string; source_key: string }>(sql`select l.preview_file_id, t.source_key from media_lease l join preview_file t on t.id = l.preview_file_id
    where l.until <= now() and t.status = 'ready' and t.kind = 'picture'`)) {
    await resources.storage.remove(left.source_key);
    await db.batch([sql`delete from media_lease where preview_file_id = ${left.preview_file_id}`]);
  }

  const settle = async (work: Work, changes: Record<string, unknown>, attempt: number): Promise<void> => {
    const c = context(`settle ${work.source_key} ${attempt}`);
    await c.runAsSystem(settlePreviewFile, { preview_file_id: work.id, source_key: work.source_key, changes }, 'settle');
    await c.settled();
    // It was deleted meanwhile: what was just made of it goes too.
    if (!(await db.one(sql`select 1 from preview_file where id = ${work.id}`))) await Promise.all([...Object.values(previewKeys(work.id)), work.source_key].map((key) => resources.storage.remove(key)));
    else if (work.kind === 'picture' && changes.status === 'ready') await resources.storage.remove(work.source_key);
  };

  const doOne = async (id: string, attempts: number): Promise<void> => {
    const work = await workOf(db, id);
    if (!work) return;
    try {
      const made = await prepare(resources, work, stopping.signal);
      await settle(work, { status: 'ready', ...made }, attempts);
    } catch (error) {
      if (stopping.signal.aborted) throw error;
      const hopeless = (error instanceof DomainError && error.kind !== 'Unavailable') || attempts >= ATTEMPTS;
      logger.warn({ err: error, preview_file_id: id, attempts }, hopeless ? 'a preview cannot be shown' : 'a preview will be tried again');
      if (!hopeless) throw error;
      await settle(work, { status: 'broken' }, attempts);
    }
  };

  const underLease = async ({ preview_file_id, attempts }: { preview_file_id: string; attempts: number }): Promise<void> => {
    const beat = setInterval(() => void db.batch([sql`update media_lease set until = now() + make_interval(secs => ${LEASE_S}) where preview_file_id = ${preview_file_id}`]).catch(() => {}), (LEASE_S * 1000) / 3);
    try {
      await doOne(preview_file_id, attempts);
      await db.batch([sql`delete from media_lease where preview_file_id = ${preview_file_id}`]);
    } catch (error) {
      const stopped = stopping.signal.aborted;
      if (!stopped) logger.error({ err: error, preview_file_id }, 'a preview could not be made ready yet');
      await db.batch([sql`update media_lease set until = now() + make_interval(secs => ${stopped ? 0 : 5}), attempts = attempts - ${stopped ? 1 : 0} where preview_file_id = ${preview_file_id}`]);
    } finally {
      clearInterval(beat);
    }
  };

  const nap = () => new Promise<void>((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      sleepers.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, POLL_MS);
    sleepers.add(wake);
  });
  const worker = async (kind: Work['kind']): Promise<void> => {
    while (!stopping.signal.aborted) {
      const taken = await claim(db, kind, owner).catch((error) => void logger.error({ err: error }, 'the media queue cannot be read'));
      if (taken) await underLease(taken).catch((error) => logger.error({ err: error }, 'the media queue cannot be written'));
      else await nap();
    }
  };
  const { MEDIA_WORKERS } = resources.limits;
  const workers = [...(MEDIA_WORKERS > 0 ? [worker('picture')] : []), ...Array.from({ length: MEDIA_WORKERS }, () => worker('movie'))];
  const poke = () => [...sleepers].forEach((wake) => wake());
  return {
    poke,
    async stop() {
      stopping.abort(new Error('stopping'));
      poke();
      await Promise.all(workers);
    },
  };
};
