import { sql, type Db } from '@shotlog/kernel';

/** Secrets, where each webhook stands, and what is on its way: none of it is told by the log. */
export const WEBHOOK_TABLES = `
  create table if not exists webhook_secret (webhook_id uuid primary key, secret text not null);
  create table if not exists webhook_cursor (webhook_id uuid primary key, position bigint not null);
  create table if not exists webhook_delivery (webhook_id uuid not null, event_id uuid not null, log_position bigint not null, name text not null, body text not null, status text not null default 'pending',
    attempts int not null default 0, first_at timestamptz, next_at timestamptz not null default now(), last_status int, last_error text, primary key (webhook_id, event_id));
  create index if not exists webhook_delivery_due on webhook_delivery (next_at) where status = 'pending';`;

/** How long after each attempt the next one comes, in seconds: about a day in all. Source: Standard Webhooks, "Retry schedule". */
export const RETRIES_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 21_600] as const;
const LEASE_S = 120;
const BATCH = 500;

/** When an attempt that failed is made again, in seconds; null: no more. `attempts` counts the one that failed. */
export const retryAfter = (attempts: number): number | null => RETRIES_S[attempts - 1] ?? null;

/** A webhook starts with what comes after it was made. */
export const startCursors = (db: Db): Promise<unknown> => db.all(sql`insert into webhook_cursor (webhook_id, position) select id, log_position from webhook on conflict do nothing`);

/** Queues what happened since a webhook's cursor and moves it, in one statement; answers whether there may be more. */
export const enqueue = async (db: Db, webhook_id: string): Promise<boolean> => {
  const row = await db.one<{ more: boolean }>(sql`
    with c as materialized (select position from webhook_cursor where webhook_id = ${webhook_id} for update),
      w as (select * from webhook where id = ${webhook_id}),
      last as (select max(log_position) as position, count(*) as n from (select log_position from api_event where log_position > (select position from c) order by log_position limit ${BATCH}) x),
      queued as (insert into webhook_delivery (webhook_id, event_id, log_position, name, body)
        select w.id, e.id, e.log_position, e.name, json_build_object('type', e.name, 'timestamp', to_char(e.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'data', e.data, 'position', e.log_position::text)::text
        from api_event e, w, last where w.active and e.log_position > (select position from c) and e.log_position <= last.position
          and ('*' = any(w.events) or e.name = any(w.events) or split_part(e.name, ':', 1) || ':*' = any(w.events))
        on conflict (webhook_id, event_id) do update set status = 'pending', attempts = 0, first_at = null, next_at = now(), last_status = null, last_error = null),
      moved as (update webhook_cursor set position = last.position from last where webhook_cursor.webhook_id = ${webhook_id} and last.position is not null)
    select n >= ${BATCH} as more from last`);
  return row?.more ?? false;
};

export type Due = { webhook_id: string; event_id: string; name: string; body: string; attempts: number; url: string; secret: string };
/** Takes what is due, oldest first, for two minutes: whoever takes it and dies leaves it to the next. */
export const takeDue = (db: Db, limit: number): Promise<Due[]> => db.all<Due>(sql`
  with taken as (update webhook_delivery d set attempts = d.attempts + 1, first_at = coalesce(d.first_at, now()), next_at = now() + ${`${LEASE_S} seconds`}::interval
    where (d.webhook_id, d.event_id) in (select q.webhook_id, q.event_id from webhook_delivery q join webhook w on w.id = q.webhook_id join webhook_secret s on s.webhook_id = q.webhook_id
      where q.status = 'pending' and q.next_at <= now() and w.active order by q.log_position limit ${limit} for update of q skip locked)
    returning d.webhook_id, d.event_id, d.name, d.body, d.attempts, d.log_position)
  select t.webhook_id, t.event_id, t.name, t.body, t.attempts, w.url, s.secret from taken t join webhook w on w.id = t.webhook_id join webhook_secret s on s.webhook_id = t.webhook_id order by t.log_position, t.event_id`);

/** Notes how an attempt ended. */
export const settle = async (db: Db, due: Due, outcome: { status: number | null; error: string | null }): Promise<void> => {
  const delivered = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
  const wait = delivered ? null : retryAfter(due.attempts);
  await db.all(sql`update webhook_delivery set status = ${delivered ? 'delivered' : wait === null ? 'failed' : 'pending'}, last_status = ${outcome.status}::int, last_error = ${outcome.error},
    next_at = now() + ${`${wait ?? 0} seconds`}::interval where webhook_id = ${due.webhook_id} and event_id = ${due.event_id} and attempts = ${due.attempts}`);
};

/** Forgets what was delivered or given up a week ago, and what belongs to webhooks that are gone. */
export const sweep = async (db: Db): Promise<void> => {
  await db.all(sql`delete from webhook_delivery where (status <> 'pending' and next_at < now() - interval '7 days') or webhook_id not in (select id from webhook)`);
  for (const table of ['webhook_cursor', 'webhook_secret'] as const) {
    await db.all(table === 'webhook_cursor' ? sql`delete from webhook_cursor where webhook_id not in (select id from webhook)` : sql`delete from webhook_secret where webhook_id not in (select id from webhook)`);
  }
};
