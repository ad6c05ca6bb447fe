import { join, raw, sql, type Caller, type Statement } from '@shotlog/kernel';

/** How much of a preview file is shown: in a production's playlist, behind a share link, or whole. */
export type PreviewStyle = 'plain' | 'shared' | 'whole';

const PLAIN = ['id', 'revision', 'extension', 'width', 'height', 'duration', 'created_at', 'task_id'];
const ORIGINALS = ['original_width', 'original_height', 'original_duration', 'original_file_size'];
const pair = (name: string, value: string): Statement => raw(`'${name}', ${value}`);

/** A preview file `p` as jsonb. Playlists write its status with a capital, all else does not. */
export const previewJson = (style: PreviewStyle, more: Statement[] = []): Statement => {
  const pairs = PLAIN.map((name) => pair(name, `p."${name}"`));
  pairs.push(pair('status', style === 'whole' ? 'p.status' : 'initcap(p.status)'));
  if (style !== 'plain') pairs.push(pair('annotations', 'p.annotations'));
  if (style === 'whole') pairs.push(pair('original_name', 'p.original_name'), ...ORIGINALS.map((name) => pair(name, `p.data->'${name}'`)));
  return sql`jsonb_build_object(${join([...pairs, ...more])})`;
};

/**
 * The preview files of entities as tables of a `with`: `pv` (each with its `place` in its revision), `others` (what stands beside the
 * first of a revision) and `by_type` (per entity an object of lists by task type, newest revision first). `entity_ids` is a select of
 * ids, `project_id` the production that may show them: its own entities, and assets that another one shares. `also` narrows them (SQL over `p`).
 */
export const previewTables = (entity_ids: Statement, project_id: Statement, style: PreviewStyle, also: Statement = raw('true')): Statement => {
  const beside = previewJson(style, style === 'whole' ? [raw(`'position', p.position, 'task_type_id', p.task_type_id`)] : []);
  return sql`pv as materialized (
      select p.*, row_number() over (partition by p.task_id, p.revision order by p.position, p.log_position) as place
      from preview_file p join entity en on en.id = p.entity_id where p.entity_id in (${entity_ids}) and (en.project_id = ${project_id} or en.is_shared) and ${also}),
    others as materialized (select task_id, revision, jsonb_agg(${beside} order by p.position, p.log_position) as list from pv p where place > 1 group by task_id, revision),
    by_type as materialized (select entity_id, jsonb_object_agg(task_type_id, list) as groups from (
      select p.entity_id, p.task_type_id, jsonb_agg(${previewJson(style, [raw(`'previews', coalesce(o.list, '[]')`)])} order by p.revision desc, p.log_position desc) as list
      from pv p left join others o on o.task_id = p.task_id and o.revision = p.revision where p.place = 1 and p.task_type_id is not null group by p.entity_id, p.task_type_id) g group by entity_id)`;
};

/**
 * SQL over the preview file `p`: what a caller may see of a production that they may look at. Clients see what is shared with clients by
 * its comment or a playlist, and what they brought; vendors what is of their tasks.
 */
export const shownTo = (caller: Caller, project_id: string): Statement => {
  const [role, id] = [caller.roleIn(project_id), caller.id];
  if (role === 'vendor') return sql`(p.person_id = ${id} or exists (select 1 from task k where k.id = p.task_id and ${id}::uuid = any(k.assignees)))`;
  return role !== 'client' ? raw('true') : sql`(p.person_id = ${id} or exists (select 1 from comment c where c.id = p.comment_id and (c.for_client or c.person_id = ${id}))
    or exists (select 1 from playlist l where l.project_id = p.project_id and l.for_client and l.shots @> jsonb_build_array(jsonb_build_object('preview_file_id', p.id::text))))`;
};

/** The keys `preview_file_…` of an entry that shows the preview file `p` (of `pv`), beside which `o` (of `others`) stands. */
export const shownPreview = (style: PreviewStyle): Statement => {
  const names = ['extension', 'revision', 'width', 'height', 'duration', 'task_id'];
  return join([
    raw(`'preview_file_id', p.id`), ...names.map((name) => raw(`'preview_file_${name}', p."${name}"`)),
    raw(`'preview_file_status', ${style === 'whole' ? 'p.status' : 'initcap(p.status)'}`),
    raw(`'preview_file_previews', case when p.place = 1 then coalesce(o.list, '[]') else '[]' end`),
    ...(style === 'plain' ? [] : [raw(`'preview_file_annotations', ${style === 'whole' ? `coalesce(p.annotations, '[]')` : 'p.annotations'}`)]),
  ]);
};
