import { apiTime, on, projection, publication, publications, sql, type Recorded, type Statement } from '@shotlog/kernel';
import { ClientsNotified } from '@shotlog/playlists/playlist/playlist.events';
import { CommentDeleted, CommentReplied, CommentUpdated, ReplyDeleted, TaskAssigned, TaskCommented } from '@shotlog/tasks/task/task.events';
import { isNews, newsOf } from '../news/news.ts';
import { AllNotificationsRead, NotificationMarked } from './notification.ts';

const ids = (list: readonly string[]) => `{${list.join(',')}}`;

type Notice = {
  kind: string; author: string | null; change?: boolean; comment_id?: string; task_id?: string; playlist_id?: string; reply_id?: string;
  /** What the notice is about, which makes the same notice of the same fact in every replay. */
  of: string;
};

/**
 * What every comment asks, planned once and not anew each time. `notice`: one row for each of the persons, never for the author; who is
 * told no more (left, or is a bot) gets none, and a notice that is there already stays as it is. `followers`: whoever follows the task,
 * or all tasks of its type in its sequence, and may see what is said: clients only what is for clients, vendors only their own.
 */
const FUNCTIONS = `
  create function notice(about text, kind text, is_change boolean, author uuid, on_comment uuid, on_task uuid, on_playlist uuid, on_reply uuid, production uuid, since timestamp, noted_at timestamp, place bigint, persons uuid[])
  returns void language plpgsql as $$ begin
    insert into notification (id, read, change, notification_type, person_id, author_id, comment_id, task_id, playlist_id, reply_id, project_id, created_at, updated_at, log_position)
    select md5(about || r.person_id)::uuid, false, is_change, kind, r.person_id, author, on_comment, on_task, on_playlist, on_reply, production, since, noted_at, place
    from (select distinct p.id as person_id from unnest(persons) as p (id)) r join directory_person d on d.id = r.person_id
    where d.active and not d.is_bot and r.person_id is distinct from author
    on conflict (id) do nothing;
  end $$;
  create function followers(of_task uuid, of_comment uuid, production uuid) returns uuid[] language plpgsql stable as $$ begin
    return array(select p.person_id from (
      select u.person_id, d.role as studio_role, m.role as team_role, m.person_id is not null as on_team, k.assignees
      from task k left join entity e on e.id = k.entity_id
      join subscription u on u.task_id = k.id or (u.entity_id in (e.parent_id, e.id) and u.task_type_id = k.task_type_id)
      join directory_person d on d.id = u.person_id left join directory_team m on m.person_id = d.id and m.project_id = production
      where k.id = of_task) p
    where (p.studio_role = 'admin' or p.on_team)
      and (coalesce(p.team_role, p.studio_role) <> 'client' or exists (select 1 from comment c left join directory_person a on a.id = c.person_id where c.id = of_comment and (c.for_client or a.role = 'client')))
      and (coalesce(p.team_role, p.studio_role) <> 'vendor' or p.person_id = any(p.assignees)));
  end $$;`;

/** A row for each of `persons`, an expression of uuid[]. */
const notices = (e: Recorded, n: Notice, persons: Statement): Statement => sql`select notice(${`${n.of}/${n.kind}/`}, ${n.kind.replace('-of-department', '')}, ${n.change ?? false}, ${n.author}, ${n.comment_id ?? null},
  ${n.task_id ?? null}, ${n.playlist_id ?? null}, ${n.reply_id ?? null}, ${e.data.project_id}, ${e.data.created_at ?? apiTime(e.metadata.at)}, ${apiTime(e.metadata.at)}, ${e.position}, ${persons})`;
const among = (persons: Statement): Statement => sql`array(select person_id from (${persons}) p)`;

const tell = (e: Recorded): Statement => publications(e, sql`select 'notification:new' as name,
  jsonb_build_object('notification_id', id, 'person_id', person_id, 'project_id', project_id) as payload from notification where log_position = ${e.position}`);

/** Role in the production: the team's own where it gives one. */
const roleHere = (e: Recorded): Statement => sql`coalesce((select m.role from directory_team m where m.person_id = d.id and m.project_id = ${e.data.project_id}), d.role)`;

const followers = (e: Recorded, task_id: string, comment_id: string): Statement => sql`followers(${task_id}, ${comment_id}, ${e.data.project_id})`;

const listed = (persons: readonly string[]): Statement => sql`${ids(persons)}::uuid[]`;
/** Persons of the departments who work in the production. */
const departmental = (e: Recorded, departments: readonly string[]): Statement => sql`select d.id as person_id from directory_person d where d.departments && ${ids(departments)}::uuid[] and exists
  (select 1 from directory_team m where m.person_id = d.id and m.project_id = ${e.data.project_id}) and ${roleHere(e)} not in ('client', 'vendor')`;

const mentions = (e: Recorded, n: Notice, persons: readonly string[], departments: readonly string[]): Statement[] => [
  ...(persons.length > 0 ? [notices(e, n, listed(persons))] : []),
  ...(departments.length > 0 ? [notices(e, { ...n, kind: `${n.kind}-of-department` }, among(departmental(e, departments)))] : []),
];

const commented = (e: Recorded): Statement[] => {
  // What was said elsewhere long ago is no news.
  if (e.data.imported) return [];
  const { comment_id, task_id, person_id: author, assignees } = e.data;
  if (!isNews(e)) return [sql`update notification set task_id = ${task_id} where comment_id = ${comment_id}`];
  const about = { author, comment_id, task_id, of: comment_id };
  return [
    publication(e, newsOf(e)),
    notices(e, { ...about, kind: 'comment', change: e.data.task_status_id !== e.data.previous_task_status_id }, sql`${listed(assignees)} || ${followers(e, task_id, comment_id)}`),
    ...mentions(e, { ...about, kind: 'mention' }, e.data.mentions, e.data.department_mentions),
    tell(e),
  ];
};

/** Who is not mentioned any more is not told any more; who is now, is. An edit tells a department whole, its author too, as clients of the API know it. */
const edited = (e: Recorded): Statement[] => {
  const { comment_id, task_id } = e.data;
  const mentioned = sql`select unnest(c.mentions) as person_id from comment c where c.id = ${comment_id}`;
  const departments = sql`select d.id as person_id from directory_person d join comment c on d.departments && c.department_mentions where c.id = ${comment_id} and exists
    (select 1 from directory_team m where m.person_id = d.id and m.project_id = ${e.data.project_id}) and ${roleHere(e)} not in ('client', 'vendor')`;
  const author = sql`(select person_id from comment where id = ${comment_id})`;
  const about = { author: null, comment_id, task_id, of: comment_id };
  const keys = sql`select md5(${`${comment_id}/mention/`}::text || person_id)::uuid from (${mentioned}) p union all select md5(${`${comment_id}/mention-of-department/`}::text || person_id)::uuid from (${departments}) q`;
  const others = (persons: Statement) => sql`select person_id from (${persons}) o where person_id is distinct from ${author}`;
  return [
    sql`delete from notification where comment_id = ${comment_id} and notification_type = 'mention' and id not in (${keys})`,
    notices(e, { ...about, kind: 'mention' }, among(others(mentioned))), notices(e, { ...about, kind: 'mention-of-department' }, among(departments)),
    sql`update notification set author_id = ${author} where log_position = ${e.position}`, tell(e),
  ];
};

const replied = (e: Recorded): Statement[] => {
  const { comment_id, task_id, reply_id, person_id: author, assignees } = e.data;
  const about = { author, comment_id, task_id, reply_id, of: reply_id };
  return [
    notices(e, { ...about, kind: 'reply' }, sql`${listed(assignees)} || ${followers(e, task_id, comment_id)} || ${among(sql`select person_id from comment where id = ${comment_id} and person_id is not null
      union select (r->>'person_id')::uuid from comment c, jsonb_array_elements(c.replies) r where c.id = ${comment_id} and r->>'person_id' is not null`)}`),
    ...mentions(e, { ...about, kind: 'reply-mention' }, e.data.mentions, e.data.department_mentions),
    tell(e),
  ];
};

/** The clients of a production, narrowed to a person, a studio or a department where one was named. */
const clients = (e: Recorded): Statement => sql`select m.person_id from directory_team m join directory_person d on d.id = m.person_id where m.project_id = ${e.data.project_id} and coalesce(m.role, d.role) = 'client'
  and (${e.data.person_id}::uuid is null or d.id = ${e.data.person_id}) and (${e.data.studio_id}::uuid is null or d.studio_id = ${e.data.studio_id})
  and (${e.data.department_id}::uuid is null or ${e.data.department_id}::uuid = any(d.departments))`;

/** Facts of tasks and playlists → what persons are told. */
export const notificationProjection = projection('notices', [], [
  on(TaskCommented, commented),
  on(CommentUpdated, edited),
  on(CommentReplied, replied),
  on(ReplyDeleted, (e) => sql`delete from notification where reply_id = ${e.data.reply_id}`),
  on(CommentDeleted, (e) => sql`delete from notification where comment_id = ${e.data.comment_id} and task_id = ${e.data.task_id}`),
  on(TaskAssigned, (e) => [notices(e, { kind: 'assignation', author: e.data.assigner_id ?? e.metadata.actor, task_id: e.data.task_id, of: e.id }, listed([e.data.person_id])), tell(e)]),
  on(ClientsNotified, (e) => [notices(e, { kind: 'playlist-ready', author: e.metadata.actor, playlist_id: e.data.playlist_id, of: e.id }, among(clients(e))), tell(e)]),
  on(NotificationMarked, (e) => sql`update notification set read = ${e.data.read}, updated_at = ${apiTime(e.metadata.at)} where id = ${e.data.notification_id}`),
  on(AllNotificationsRead, (e) => sql`update notification set read = true, updated_at = ${apiTime(e.metadata.at)} where person_id = ${e.data.person_id} and not read`),
], FUNCTIONS);
