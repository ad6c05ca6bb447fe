import { raw, selectList, sql, type Caller, type Statement } from '@shotlog/kernel';
import { taskShape } from './task.table.ts';

/** Joins of a task `t` with its entity `e`, sequence `q`, episode `p`, entity type `k`, production `j`, status `s` and type `y`. */
export const FULL_JOINS = raw(`left join entity e on e.id = t.entity_id left join entity_type k on k.id = e.entity_type_id left join entity q on q.id = e.parent_id and q.kind = 'sequence'
  left join entity p on p.id = (case e.kind when 'asset' then e.source_id when 'sequence' then e.parent_id when 'edit' then e.parent_id when 'episode' then e.id else q.parent_id end) and p.kind = 'episode'
  join project j on j.id = t.project_id left join task_status s on s.id = t.task_status_id left join task_type y on y.id = t.task_type_id`);

/** Productions that are worked on, as SQL over the production `j`. */
export const OPEN = raw("j.project_status_id in (select o.id from project_status o where lower(o.name) in ('open', 'active'))");

const ENTITY = raw(`e.canceled as entity_canceled, e.data as entity_data, e.description as entity_description, e.name as entity_name, coalesce(e.preview_file_id::text, '') as entity_preview_file_id,
  coalesce(e.source_id::text, '') as entity_source_id, k.name as entity_type_name, coalesce(p.id::text, '') as episode_id, p.name as episode_name, q.name as sequence_name, j.name as project_name,
  j.has_avatar as project_has_avatar`);
const EPISODES = raw(`(select json_agg(i.id order by i.name) from asset_episode x join entity i on i.id = x.episode_id where x.asset_id = e.id) as episode_ids,
  (select json_agg(i.name order by i.name) from asset_episode x join entity i on i.id = x.episode_id where x.asset_id = e.id) as episode_names`);
const LAST_COMMENT = raw(`coalesce((select json_build_object('date', c.created_at, 'text', c.text, 'person_id', c.person_id) from comment c where c.object_id = t.id order by c.created_at desc, c.log_position desc limit 1), '{}') as last_comment`);

/** Tasks as a person's lists show them: with entity, production, status, type and the last comment. */
export const selectTodos = (caller: Caller, where: Statement, order: Statement = raw('j.name, k.name, e.name, y.priority, t.log_position')): Statement => sql`select ${selectList(taskShape, caller, true)}, ${ENTITY}, ${EPISODES}, ${LAST_COMMENT},
  t.due_date as task_due_date, t.duration as task_duration, t.estimation as task_estimation, t.start_date as task_start_date, s.color as task_status_color, s.name as task_status_name,
  s.short_name as task_status_short_name, y.color as task_type_color, y.for_entity as task_type_for_entity, y.name as task_type_name from task t ${FULL_JOINS} where ${where} order by ${order}`;

/** Tasks as the studio-wide list shows them. */
export const selectOpenTasks = (caller: Caller, where: Statement, page: Statement): Statement => sql`select ${selectList(taskShape, caller, true)}, ${ENTITY}, s.color as status_color, s.name as status_name,
  s.short_name as status_short_name, y.for_entity as task_type_for_entity, y.color as type_color, y.name as type_name from task t ${FULL_JOINS} where ${where}
  order by j.name, k.name, p.name nulls first, q.name nulls first, e.name, y.name, t.log_position ${page}`;
