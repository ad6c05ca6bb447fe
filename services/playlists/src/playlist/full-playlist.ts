import { raw, sql, type Db, type Statement } from '@shotlog/kernel';
import { previewTables, shownPreview, type PreviewStyle } from './preview.sql.ts';

/** The name of what an entity `en` stands below: a shot's sequence, an asset's type, a sequence's or an edit's episode. */
export const parentName = raw(`coalesce(case when en.kind = 'asset' then (select y.name from entity_type y where y.id = en.entity_type_id) else (select up.name from entity up where up.id = en.parent_id) end, '')`);

/** Entries of the playlist `t` as rows: `n` their order, `e` as they were given. */
const entries = (playlist_id: string): Statement => sql`entry as (
  select x.n, x.e, coalesce(x.e->>'entity_id', x.e->>'id')::uuid as entity_id, (x.e->>'preview_file_id')::uuid as preview_file_id
  from playlist t, jsonb_array_elements(t.shots) with ordinality x(e, n) where t.id = ${playlist_id})`;

const shown = raw(`select entity_id from entry where entity_id is not null union select q.entity_id from preview_file q where q.id in (select preview_file_id from entry)`);

/** Guests see the revisions of the work that is shown to them, and none of other work on the same entity. */
const ofShownTasks = raw('p.task_id in (select q.task_id from preview_file q where q.id in (select preview_file_id from entry))');

/** What guests see beside, as they may ask for nothing else. */
const guestKeys = raw(`|| jsonb_build_object('name', coalesce(en.name, ''), 'parent_name', ${parentName.text}) || case when p.id is null then '{}' else jsonb_build_object(
  'preview_file_task_type', (select jsonb_build_object('id', y.id, 'name', y.name, 'color', y.color, 'for_entity', y.for_entity) from task_type y where y.id = p.task_type_id),
  'preview_file_task_type_name', (select y.name from task_type y where y.id = p.task_type_id),
  'task_status_color', (select s.color from task k join task_status s on s.id = k.task_status_id where k.id = p.task_id)) end`);

/**
 * A whole playlist as JSON text: each entry with its preview file and all others of its entity by task type. An entry whose preview
 * file is gone stands there without one. `also` narrows the preview files (SQL over `p`). Empty text when there is no such playlist.
 */
export const fullPlaylist = (db: Db, playlist_id: string, style: Exclude<PreviewStyle, 'whole'>, also: Statement = raw('true')): Promise<string> => db.text(sql`
  with ${entries(playlist_id)}, ${previewTables(shown, sql`(select project_id from playlist where id = ${playlist_id})`, style, style === 'shared' ? ofShownTasks : also)},
  shown as (select entry.n, (entry.e - 'preview_file_id')
      || case when entry.entity_id is null then '{}' else jsonb_build_object('entity_id', entry.entity_id, 'id', entry.entity_id) end
      || jsonb_build_object('preview_files', coalesce(b.groups, '[]'))
      || case when p.id is null then '{}' else jsonb_build_object(${shownPreview(style)}) end ${style === 'shared' ? guestKeys : raw('')} as e
    from entry left join pv p on p.id = entry.preview_file_id left join others o on o.task_id = p.task_id and o.revision = p.revision
    left join by_type b on b.entity_id = entry.entity_id left join entity en on en.id = entry.entity_id)
  select row_to_json(r)::text as text from (
    select t.id, t.name, t.project_id, t.episode_id, t.task_type_id, t.for_client, t.for_entity, t.is_for_all, t.created_by, t.created_at, t.updated_at, 'Playlist' as type,
      (select coalesce(jsonb_agg(shown.e order by shown.n), '[]') from shown) as shots,
      (select coalesce(json_agg(json_build_object('id', j.id, 'status', j.status, 'job_type', j.job_type, 'created_at', j.created_at, 'updated_at', j.updated_at, 'ended_at', j.ended_at,
        'playlist_id', j.playlist_id, 'type', 'BuildJob') order by j.log_position desc), '[]') from build_job j where j.playlist_id = t.id) as build_jobs
      ${style === 'shared' ? raw(', pr.name as project_name, pr.fps as project_fps') : raw('')}
    from playlist t left join project pr on pr.id = t.project_id where t.id = ${playlist_id}) r`);
