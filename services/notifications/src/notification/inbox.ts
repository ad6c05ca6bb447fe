import { command, defineState, Invalid, isId, join, NotFound, oneText, pathId, raw, Rendered, route, sql, Success, to, type Context, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { entityJoins, episodeOf, fullName } from '../neighbours.ts';
import { momentOf } from '../news/news.queries.ts';
import { ownProject } from '../news/routes.ts';
import { AllNotificationsRead, notification, NotificationMarked, notificationResourceRoutes } from './notification.ts';
import { InboxNotification, Notification } from './notification.answers.ts';

const MOST = 100;
const own = async (id: string, context: Context): Promise<Record<string, any>> => {
  if (!isId(id)) throw new Invalid('This is no id of a notification.');
  const row = await context.db.one(sql`select id, read from notification where id = ${id} and person_id = ${context.caller.personId}`);
  if (!row) throw new NotFound('notification', id);
  return row;
};

/** Marks one's own notification read or unread. */
export const markNotification = command({
  subject: 'cmd.notifications.mark-notification', schema: z.object({ notification_id: z.string(), read: z.boolean({ error: 'read must be true or false.' }) }), access: to.oneself.but({ admin: 'filtered' }),
  state: defineState<boolean | null>({ initial: null, evolve: (read, e: any) => (e.type === 'NotificationMarked' ? e.data.read : read) }),
  prepare: async (c, context): Promise<any> => ({ ...c, was: (await own(c.notification_id, context)).read, person_id: context.caller.personId }),
  stream: (c: any) => `notification-${c.notification_id}`,
  decide: ({ notification_id, read, was, person_id }: any) => (was === read ? [] : [NotificationMarked({ notification_id, person_id, read })]),
  answer: async (c: any, context) => JSON.parse((await oneText(context.db, notification.shape, context.caller, sql`t.id = ${c.notification_id}`, false))!),
});

/** Marks all of one's own notifications read. */
export const markAllRead = command({
  subject: 'cmd.notifications.mark-all-as-read', schema: z.object({}), access: to.signedIn, state: defineState<null>({ initial: null, evolve: () => null }),
  prepare: async (_, context): Promise<any> => ({ person_id: context.caller.personId,
    any: (await context.db.one(sql`select 1 from notification where person_id = ${context.caller.personId} and not read limit 1`)) !== null }),
  stream: (c: any) => `person_inbox-${c.person_id}`,
  decide: (c: any) => (c.any ? [AllNotificationsRead({ person_id: c.person_id })] : []),
  answer: () => ({ success: true }),
});

const reply = (column: string, empty: string) => `coalesce((select r->'${column}' from jsonb_array_elements(c.replies) r where r->>'id' = n.reply_id::text), '${empty}')`;
const SELECT = sql`select n.id, n.notification_type, n.author_id, n.comment_id, n.task_id, k.task_type_id, c.task_status_id, coalesce(c.mentions, '{}') as mentions, coalesce(c.department_mentions, '{}') as department_mentions,
  ${raw(reply('mentions', '[]'))} as reply_mentions, ${raw(reply('department_mentions', '[]'))} as reply_department_mentions,
  coalesce((select r->>'text' from jsonb_array_elements(c.replies) r where r->>'id' = n.reply_id::text), '') as reply_text,
  w.preview_file_id, n.project_id, p.name as project_name, c.text as comment_text, n.created_at, n.read, n.change, coalesce(${fullName}, '') as full_entity_name,
  coalesce(${episodeOf}, l.episode_id) as episode_id, e.preview_file_id as entity_preview_file_id, u.id as subscription_id, n.playlist_id,
  coalesce(l.name, '') as playlist_name, coalesce(l.for_entity, '') as playlist_for_entity, coalesce(l.is_for_all, false) as playlist_is_for_all, 'Notification' as type
  from notification n left join task k on k.id = n.task_id left join comment c on c.id = n.comment_id left join news w on w.comment_id = n.comment_id and w.task_id = n.task_id left join project p on p.id = n.project_id
  left join playlist l on l.id = n.playlist_id ${entityJoins}
  left join subscription u on u.person_id = n.person_id and u.task_id = k.id`;

const filters = (search: URLSearchParams): Statement[] => {
  const found: Statement[] = [];
  const [before, after, type, read, watching] = ['before', 'after', 'type', 'read', 'watching'].map((name) => search.get(name) || null);
  if (before) found.push(sql`n.created_at < ${momentOf('before', before)}::timestamp`);
  if (after) found.push(sql`n.created_at >= ${momentOf('after', after)}::timestamp`);
  for (const [name, column] of [['task_type_id', 'k.task_type_id'], ['task_status_id', 'c.task_status_id'], ['project_id', 'n.project_id']] as const) {
    const value = search.get(name);
    if (value && !isId(value)) throw new Invalid(`${name} must be an id.`);
    if (value) found.push(sql`${raw(column)} = ${value}::uuid`);
  }
  if (type) found.push(sql`n.notification_type = ${type}`);
  if (read) found.push(sql`n.read = ${read.toLowerCase() === 'true'}`);
  if (watching) found.push(raw(watching.toLowerCase() === 'true' ? 'u.id is not null' : 'u.id is null'));
  return found;
};

const inbox = async (c: QueryContext): Promise<Rendered> => {
  const where = join([sql`n.person_id = ${c.caller.personId}`, ...filters(c.request.search)], ' and ');
  c.keep(['*'], 'person');
  return new Rendered(await c.db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (${SELECT} where ${where} order by n.created_at desc, n.log_position desc, n.id limit ${MOST}) r`));
};

/** What a person is told of. */
export const notificationRoutes: Route[] = [
  route({ method: 'get', path: '/data/user/notifications', summary: 'List the newest hundred of the own notifications', answers: { 200: z.array(InboxNotification) }, access: to.signedIn, ask: inbox,
    query: { read: 'true or false', watching: 'true: only of followed tasks', type: 'comment, mention, reply, reply-mention, assignation or playlist-ready', task_type_id: 'Only of this task type',
      task_status_id: 'Only to this status', project_id: 'Only of this production', before: 'Only before this time', after: 'Only from this time on' } }),
  route({ method: 'get', path: '/data/user/notifications/{notification_id}', summary: 'Get one of the own notifications', answers: { 200: InboxNotification }, access: to.oneself.but({ admin: 'filtered' }), ask: async (c) => {
    const id = pathId(c.request, 'notification_id', 400);
    await own(id, c);
    return new Rendered(await c.db.text(sql`select row_to_json(r)::text as text from (${SELECT} where n.id = ${id}) r`));
  } }),
  route({ method: 'put', path: '/data/user/notifications/{notification_id}', summary: 'Mark a notification read or unread', answers: { 200: Notification }, command: markNotification, status: 200 }),
  route({ method: 'post', path: '/actions/user/notifications/mark-all-as-read', summary: 'Mark all own notifications read', answers: { 200: Success }, command: markAllRead, status: 200, input: () => ({}) }),
  route({ method: 'get', path: '/data/projects/{project_id}/notifications', summary: 'List the notifications of a production', answers: { 200: z.array(Notification) }, access: to.admins, ask: async (c) => {
    const id = await ownProject(c);
    return new Rendered(await c.db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (select id, read, change, notification_type, person_id, author_id, comment_id, task_id, playlist_id, reply_id, created_at, updated_at,
      'Notification' as type from notification where project_id = ${id} order by created_at desc, log_position desc) r`));
  } }),
  ...notificationResourceRoutes,
];
