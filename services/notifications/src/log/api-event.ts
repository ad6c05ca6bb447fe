import { access, apiTime, append, catalogue, derivedId, f, flag, Invalid, isId, join, on, ownProductions, projection, projectionOfAll, publications, raw, rendered, resource, route, sql, texts, to, type Recorded, type Route, type Statement } from '@shotlog/kernel';
import { TaskCommented } from '@shotlog/tasks/task/task.events';
import { isNews, newsOf } from '../news/news.ts';
import { momentOf } from '../news/news.queries.ts';
import { projectedCommands, projectedRoutes } from '../projected.ts';
import { EventLine } from './log.answers.ts';
import { z } from 'zod';

/** What is told to who listens, to webhooks and to who replays, and is no news the next day: lists leave it out. */
const PASSING = ['chat:joined', 'chat:left', 'chat:new-message', 'chat:deleted-message', 'comment:acknowledge', 'comment:unacknowledge', 'comment:delete-reply', 'task:update-casting-stats'];
const lasting = (column: string): Statement => sql`${raw(column)} <> all(${`{${PASSING.join(',')}}`}::text[])`;

/** What was told to integrators, as admins look it up. `user_id` is who did it, null for what the system did by itself. */
export const apiEvent = resource({
  service: 'notifications', name: 'api_event', path: '/data/events', type: 'ApiEvent', published: 'api-event',
  fields: { name: f.string(80, { required: true }), user_id: f.uuid(), project_id: f.uuid(), data: f.json() },
  access: { ...access.admin, scope: () => lasting('t.name') }, indexes: ['project_id, log_position', 'name, log_position', 'created_at, log_position', 'log_position'],
});

/** What concerns one person alone, and what is said in chats, is told but not kept here. */
const unkept = (e: Recorded, name: string): boolean => Boolean(e.data.chat_message_id && name.startsWith('attachment-file:'))
  || /^(notification:(new|update|delete)$|(subscription|search-filter|search-filter-group):)/.test(name);

/** A production's beginning, what is said in chats and the lines of plans stand under no production, as clients know it. */
const ofStudio = (name: string): boolean => name === 'project:new' || name.startsWith('chat') || name.startsWith('production-schedule-version-task-link:');
const rowOf = (e: Recorded, name: string, payload: Record<string, unknown>, n: number | string): Record<string, unknown> => ({
  id: derivedId('api event', e.id, String(n)), name, user_id: e.metadata.actor, project_id: ofStudio(name) ? null : (payload.project_id ?? null), data: payload,
  created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position,
});

const kept = (e: Recorded): Statement[] | null => {
  if (e.metadata.silent) return null;
  const messages = [...(catalogue.get(e.type)?.publish?.(e) ?? []), ...(e.type === 'TaskCommented' && isNews(e) ? [newsOf(e)] : [])];
  return messages.flatMap(({ name, payload }, n) => (unkept(e, name) ? [] : [append(apiEvent.table, rowOf(e, name, payload, n))]));
};

/** Everything that is published, of every service, in the order of the log. */
export const apiEventProjection = projectionOfAll('api_events', [], kept);
/** A comment that asks for feedback hands its task over for review: told and kept here, where the statuses are known. */
export const reviewProjection = projection('reviews', [], [
  on(TaskCommented, (e) => {
    const { task_id, project_id, comment_id, person_id, task_status_id, previous_task_status_id } = e.data;
    if (e.metadata.silent || !isNews(e) || task_status_id === previous_task_status_id) return null;
    const payload = { task_id, project_id, comment_id, person_id, previous_task_status_id, new_task_status_id: task_status_id };
    const asked = sql`from task_status where id = ${task_status_id} and is_feedback_request`;
    return [
      sql`insert into api_event (id, name, user_id, project_id, data, created_at, updated_at, log_position)
        select ${derivedId('api event', e.id, 'to-review')}::uuid, 'task:to-review', ${e.metadata.actor}::uuid, ${project_id}::uuid, ${JSON.stringify(payload)}::jsonb, ${apiTime(e.metadata.at)}::timestamp,
          ${apiTime(e.metadata.at)}::timestamp, ${e.position}::bigint ${asked} on conflict do nothing`,
      publications(e, sql`select 'task:to-review' as name, ${JSON.stringify(payload)}::jsonb as payload ${asked}`),
    ];
  }),
]);

export const apiEventCommands = projectedCommands(apiEvent, { name: 'event', fixed: [] });

const MOST = 1_000;
const FILES = ['preview-file:add-file', 'organisation:set-thumbnail', 'person:set-thumbnail', 'project:set-thumbnail'];
const COLUMNS = raw('id, created_at, name, user_id, project_id, data');

const conditions = (search: URLSearchParams): Statement[] => {
  const found: Statement[] = [lasting('name')];
  const [before, after, name, project_id] = ['before', 'after', 'name', 'project_id'].map((key) => search.get(key) || null);
  if (before) found.push(sql`created_at < ${momentOf('before', before)}::timestamp`);
  if (after) found.push(sql`created_at >= ${momentOf('after', after)}::timestamp`);
  if (name) found.push(sql`name = ${name}`);
  if (project_id && !isId(project_id)) throw new Invalid('project_id must be an id.');
  if (project_id) found.push(sql`project_id = ${project_id}`);
  if (flag(search, 'only_files')) found.push(sql`name = any(${`{${FILES.join(',')}}`}::text[])`);
  return found;
};

/** Managers are told of what happens in their productions. */
const LOOKERS = to.managers.strangers({ manager: 'filtered' });
/** What happened, for admins and managers. */
export const logRoutes: Route[] = [
  route({
    method: 'get', path: '/data/events/last', summary: 'List what happened last, the newest first', answers: { 200: z.array(EventLine) }, access: LOOKERS,
    query: { limit: '100 when absent, at most 1000', before: 'Only before this day or time', after: 'Only from this day or time on', name: 'Only of this name', project_id: 'Only of this production',
      only_files: 'true: only arrivals of files', cursor_event_id: 'Only what came before this event' },
    ask: async (c) => {
      const { search } = c.request;
      const limit = search.get('limit') || '100';
      if (!/^\d{1,9}$/.test(limit)) throw new Invalid('limit must be a whole number.');
      const where = [...conditions(search), ownProductions(c.caller, 'project_id') ?? raw('true')];
      const cursor = search.get('cursor_event_id');
      if (cursor) {
        if (!isId(cursor)) throw new Invalid('cursor_event_id must be an id.');
        const at = await c.db.one<{ log_position: string | number }>(sql`select log_position from api_event where id = ${cursor}`);
        if (!at) throw new Invalid(`There is no event ${cursor}.`);
        where.push(sql`(log_position, id) < (${at.log_position}::bigint, ${cursor}::uuid)`);
      }
      return rendered(c.db, sql`select ${COLUMNS} from api_event where ${join(where, ' and ')} order by log_position desc, id desc limit ${Math.min(Number(limit), MOST)}`);
    },
  }),
  route({ method: 'get', path: '/data/events/names', summary: 'List the names of what happened', answers: { 200: texts }, access: to.managers, ask: async (c) =>
    // Each step leaps to the next name by the index: as many look-ups as there are names, however many events.
    (await c.db.all<{ name: string }>(raw(`with recursive names(name) as ((select name from api_event order by name limit 1)
      union all select (select a.name from api_event a where a.name > names.name order by a.name limit 1) from names where names.name is not null) select name from names where name is not null`))).map((r) => r.name).filter((name) => !PASSING.includes(name)) }),
  ...projectedRoutes(apiEvent, '/data/events', apiEventCommands),
];
