import { apiTime, f, insert, Invalid, isId, join, on, PersonDeleted, projection, rendered, route, sql, table, textArray, to, type Db, type Statement } from '@shotlog/kernel';
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

const MOST = 1_000;
const limitOf = (text: string | null): number => {
  if (text === null) return 100;
  if (!/^\d{1,6}$/.test(text)) throw new Invalid('limit must be a whole number.');
  return Math.min(Number(text), MOST);
};

const timeOf = (name: string, text: string): string => {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/.test(text) || Number.isNaN(Date.parse(text))) throw new Invalid(`${name} must be like 2020-01-05T13:23:10 or 2020-01-05.`);
  return text;
};

/** Where the page before ended. @throws Invalid (400) for what is no sign-in. */
const cursorOf = async (db: Db, id: string): Promise<number> => {
  const row = isId(id) ? await db.one(sql`select log_position from login_log where id = ${id}`) : null;
  if (!row) throw new Invalid(`There is no sign-in ${id.slice(0, 60)}.`);
  return row.log_position;
};

const conditions = async (db: Db, search: URLSearchParams): Promise<Statement[]> => {
  const [before, after, cursor] = ['before', 'after', 'cursor_login_log_id'].map((name) => search.get(name));
  const persons = search.getAll('person_ids');
  if (!persons.every(isId)) throw new Invalid('person_ids holds something that is no id.');
  const found = [sql`true`];
  if (before !== null) found.push(sql`created_at < ${timeOf('before', before!)}::timestamp`);
  if (after !== null) found.push(sql`created_at >= ${timeOf('after', after!)}::timestamp`);
  if (cursor !== null) found.push(sql`log_position < ${await cursorOf(db, cursor!)}::bigint`);
  if (persons.length > 0) found.push(sql`person_id = any(${textArray(persons)}::uuid[])`);
  return found;
};

export const loginLogsRoute = route({
  method: 'get', path: '/data/events/login-logs/last', summary: 'The last sign-ins, newest first', answers: { 200: z.array(LoginLog) }, access: to.admins,
  query: { before: 'only sign-ins before this time', after: 'only sign-ins from this time on', limit: `how many, 100 by default, at most ${MOST}`, cursor_login_log_id: 'only sign-ins before this one', person_ids: 'only of these persons: given once for each' },
  ask: async (c) => {
    const { search } = c.request;
    const where = await conditions(c.db, search);
    return rendered(c.db, sql`select id, created_at, ip_address, person_id, origin from login_log where ${join(where, ' and ')} order by log_position desc limit ${limitOf(search.get('limit'))}`);
  },
});
