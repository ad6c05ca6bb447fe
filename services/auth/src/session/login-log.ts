import { apiTime, f, insert, Invalid, on, only, PersonDeleted, projection, rendered, route, sql, table } from '@shotlog/kernel';
import { SessionStarted } from './session.events.ts';
import { LoginLog } from './session.answers.ts';
import { z } from 'zod';

export const loginLogTable = table('login_log', { id: f.uuid(), created_at: f.time(), ip_address: f.text(), person_id: f.uuid(), origin: f.text(), log_position: f.integer() },
  { indexes: ['person_id', 'log_position'] });

/** Who signed in when, and from where. */
export const loginLogProjection = projection('login_log', [loginLogTable], [
  on(SessionStarted, (e) => insert(loginLogTable, { id: e.data.session_id, person_id: e.data.person_id, origin: e.data.origin, ip_address: (e.data as any).personal?.ip_address ?? null,
    created_at: apiTime(e.metadata.at), log_position: e.position })),
  on(PersonDeleted, (e) => sql`delete from login_log where person_id = ${e.data.person_id}`),
]);

const limitOf = (text: string | null): number => {
  if (text === null) return 100;
  if (!/^\d{1,6}$/.test(text)) throw new Invalid('limit must be a whole number.');
  return Number(text);
};

const beforeOf = (text: string | null): string | null => {
  if (text === null) return null;
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/.test(text) || Number.isNaN(Date.parse(text))) throw new Invalid('before must be like 2020-01-05T13:23:10 or 2020-01-05.');
  return text;
};

export const loginLogsRoute = route({
  method: 'get', path: '/data/events/login-logs/last', summary: 'The last sign-ins, newest first', answers: { 200: z.array(LoginLog) }, query: { before: 'only sign-ins before this time', limit: 'how many, 100 by default' }, policy: only.admin,
  ask: (c) => {
    const [before, limit] = [beforeOf(c.request.search.get('before')), limitOf(c.request.search.get('limit'))];
    return rendered(c.db, sql`select id, created_at, ip_address, person_id, origin from login_log where ${before === null ? sql`true` : sql`created_at < ${before}::timestamp`}
      order by log_position desc limit ${limit}`);
  },
});
