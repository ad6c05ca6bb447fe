import { allow, apiTime, bodySchema, command, defineState, event, f, fieldSchema, insert, isId, on, only, pathId, PersonDeleted, projection, rendered, route, shown, sql, table, to, type Caller, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { personRow } from '../person/person.queries.ts';
import { lastPresence } from './last-presence.ts';

/** Somebody sat down at a workstation of the studio, which the person shows as the last presence. `date` is a time, UTC. */
export const DesktopLoginNoted = event('DesktopLoginNoted', 1, z.object({ desktop_login_log_id: z.guid(), person_id: z.guid(), date: z.string() }),
  { publish: (e) => [{ name: 'person:update', payload: { person_id: e.data.person_id } }] });

export const desktopLoginTable = table('desktop_login_log', { id: f.uuid(), person_id: f.uuid(), date: f.time(), created_at: f.time(), updated_at: f.time(), log_position: f.integer() }, { indexes: ['person_id', 'date'] });
const DesktopLoginLog = shown('DesktopLoginLog', desktopLoginTable.fields);
export const desktopLoginProjection = projection('desktop_login_log', [desktopLoginTable], [
  on(DesktopLoginNoted, (e) => [insert(desktopLoginTable, { id: e.data.desktop_login_log_id, person_id: e.data.person_id, date: e.data.date, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position }),
    lastPresence(sql`${e.data.person_id}`)]),
  on(PersonDeleted, (e) => sql`delete from desktop_login_log where person_id = ${e.data.person_id}`),
]);

type Note = { id: string; person_id: string; date: string };
const columns = sql`person_id, date, id, created_at, updated_at, 'DesktopLoginLog' as type`;
const Date = fieldSchema('date', f.time());

/** Notes a login at a workstation: one's own, or anybody's for an admin. */
export const noteDesktopLogin = command({
  subject: 'cmd.auth.note-desktop-login', schema: z.object({ person_id: z.string().optional(), date: Date }), state: defineState<null>({ initial: null, evolve: (s) => s }), creates: true,
  stream: ({ id }: Note) => `desktop_login-${id}`,
  prepare: async (c: any, context: Context): Promise<Note> => {
    const person_id = c.person_id === undefined ? context.caller.personId : pathId({ params: { person_id: c.person_id } }, 'person_id');
    if (person_id !== context.caller.id) only.admin(context.caller);
    await personRow(context, person_id);
    return { id: context.moment.id(), person_id, date: c.date ?? apiTime(context.moment.at) };
  },
  access: to.oneself, policy: (caller: Caller, { person_id }: Note) => allow(caller.isAdmin || caller.id === person_id),
  decide: ({ id, person_id, date }: Note) => [DesktopLoginNoted({ desktop_login_log_id: id, person_id, date })],
  answer: async ({ id }: Note, context) => JSON.parse((await rendered(context.db, sql`select ${columns} from desktop_login_log where id = ${id}`)).text)[0],
});

const logsOf = (person_id: string) => sql`select ${columns} from desktop_login_log where person_id = ${person_id} order by date desc, log_position desc`;

export const desktopLoginRoutes: Route[] = [
  route({ method: 'get', path: '/data/user/desktop-login-logs', summary: 'Your logins at workstations, newest first', answers: { 200: z.array(DesktopLoginLog) }, access: to.signedIn, ask: (c) => rendered(c.db, logsOf(c.caller.personId)) }),
  route({ method: 'post', path: '/data/user/desktop-login-logs', summary: 'Note your login at a workstation', access: to.signedIn, body: bodySchema({ date: f.time() }), answers: { 201: DesktopLoginLog }, command: noteDesktopLogin, status: 201, input: (r) => ({ date: (r.body as any)?.date }) }),
  route({ method: 'get', path: '/data/persons/{person_id}/desktop-login-logs', summary: 'Logins of a person at workstations, newest first', answers: { 200: z.array(DesktopLoginLog) },
    access: to.managers.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), policy: (caller, r) => allow(caller.isAdmin || caller.role === 'manager' || (isId(r.params.person_id) && caller.id === r.params.person_id.toLowerCase())),
    ask: async (c) => rendered(c.db, logsOf((await personRow(c, pathId(c.request, 'person_id'))).id)) }),
  route({ method: 'post', path: '/data/persons/{person_id}/desktop-login-logs', summary: 'Note the login of a person at a workstation', answers: { 201: DesktopLoginLog }, command: noteDesktopLogin, status: 201 }),
];
