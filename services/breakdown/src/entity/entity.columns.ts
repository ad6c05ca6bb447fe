import { raw, sql, type Caller, type Shape, type Statement } from '@shotlog/kernel';
import type { Kind } from './entity.events.ts';
import { entityTable } from './entity.projection.ts';

/** The `type` of the entity `t`. */
export const TYPE = raw('initcap(t.kind)');

const ids = (select: string): Statement => raw(`coalesce((select array_agg(${select}), '{}')`);
/** What the API shows of an entity with its relations, as SQL over `t`. */
export const RELATIONS = {
  entities_out: ids('l.entity_out_id order by l.log_position, l.id) from entity_link l where l.entity_in_id = t.id'),
  entities_in: ids('l.entity_in_id order by l.log_position, l.id) from entity_link l where l.entity_out_id = t.id'),
  instance_casting: ids('i.asset_instance_id) from asset_instance_link i where i.entity_id = t.id'),
};

/** Entities as the generic routes show them. */
export const entityShape: Shape = { table: entityTable, type: TYPE, relations: RELATIONS };

/** The columns of an entity without its relations. */
export const PLAIN = raw(`t.id, t.name, t.code, t.description, t.shotgun_id, t.canceled, t.nb_frames, t.nb_entities_out, t.is_casting_standby, t.is_shared, t.status, t.project_id,
  t.entity_type_id, t.parent_id, t.source_id, t.preview_file_id, t.data, t.ready_for, t.created_by, t.created_at, t.updated_at`);
const WITH_RELATIONS = sql`${PLAIN}, ${RELATIONS.entities_out} as entities_out, ${RELATIONS.entities_in} as entities_in, ${RELATIONS.instance_casting} as instance_casting,
  coalesce(t.entity_concept_links, '{}') as entity_concept_links`;
const FRAMES = raw(`t.data->'fps' as fps, t.data->'frame_in' as frame_in, t.data->'frame_out' as frame_out`);
const TYPED = sql`${TYPE} as type`;

/** What stands around an entity: `s` its parent, `ep` the episode (the parent itself where that is one), `p` its production. */
export const AROUND = raw(`left join entity s on s.id = t.parent_id left join entity ep on ep.id = case when s.kind = 'episode' then s.id else s.parent_id end
  left join project p on p.id = t.project_id left join entity_type et on et.id = t.entity_type_id`);
const SEQUENCE = raw(`t.parent_id as sequence_id, s.name as sequence_name`);
const EPISODE = raw(`ep.id as episode_id, coalesce(ep.name, '') as episode_name`);
const PROJECT = raw('p.name as project_name');

/** Episodes of its production that cast an asset; of a list that is narrowed to one, only that. */
const castIn = (episode_id: string | null): Statement => sql`coalesce((select array_agg(l.entity_in_id) from entity_link l join entity e on e.id = l.entity_in_id and e.kind = 'episode' and e.project_id = t.project_id
  where l.entity_out_id = t.id ${episode_id ? sql`and e.id = ${episode_id}` : sql``}), '{}')`;
// Zou writes what an asset has not as '' or 'None' here; Kitsu leans on it.
const assetNames = (episode_id: string | null): Statement => sql`t.entity_type_id as asset_type_id, et.name as asset_type_name, coalesce(t.source_id::text, '') as episode_id, coalesce(t.preview_file_id::text, '') as preview_file_id,
  coalesce(t.ready_for::text, 'None') as ready_for, ${castIn(episode_id)} as casting_episode_ids, ${PROJECT}`;
const ASSET_LINE = raw('t.id, t.name, t.description, t.canceled, t.is_casting_standby, t.is_shared, t.data, t.source_id, t.status, t.project_id');
const SINGLE_ASSET = sql`t.id, t.name, t.code, t.description, t.shotgun_id, t.canceled, t.nb_frames, t.nb_entities_out, t.is_casting_standby, t.is_shared, t.status, t.project_id, t.entity_type_id,
  t.parent_id, t.source_id, t.data, t.created_by, t.created_at, t.updated_at, ${RELATIONS.entities_out} as entities_out, ${RELATIONS.entities_in} as entities_in,
  ${RELATIONS.instance_casting} as instance_casting, coalesce(t.entity_concept_links, '{}') as entity_concept_links, ${assetNames(null)}`;

/** What single things show, by kind. */
export const ONE: Record<Kind, Statement> = {
  shot: sql`${WITH_RELATIONS}, ${FRAMES}, ${SEQUENCE}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  asset: sql`${SINGLE_ASSET}, ${TYPED}`,
  sequence: sql`${PLAIN}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  episode: sql`${PLAIN}, ${PROJECT}, ${TYPED}`,
  scene: sql`${PLAIN}, ${SEQUENCE}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  edit: sql`${PLAIN}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  concept: sql`${WITH_RELATIONS}, ${FRAMES}, ${PROJECT}, ${TYPED}`,
};

const CHILD = sql`t.id, t.name, t.description, t.canceled, t.data, t.status, t.project_id, coalesce(t.parent_id::text, 'None') as episode_id, coalesce(t.preview_file_id::text, '') as preview_file_id, ${FRAMES}`;
const LINE = raw(`t.id, t.name, t.description, t.canceled, t.data, t.status, t.project_id, t.entity_type_id, t.is_casting_standby, t.nb_entities_out, t.nb_frames, t.parent_id, t.source_id, t.preview_file_id,
  t.created_at, t.updated_at, t.created_by`);

const LINES: Record<Exclude<Kind, 'asset'>, Statement> = {
  shot: sql`${LINE}, ${FRAMES}, ${SEQUENCE}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  sequence: CHILD, episode: CHILD, scene: CHILD,
  edit: sql`${LINE}, ${EPISODE}, ${PROJECT}, ${TYPED}`,
  concept: sql`${LINE}, coalesce(t.entity_concept_links, '{}') as entity_concept_links, ${FRAMES}, ${PROJECT}, ${TYPED}`,
};

/** What lists with tasks show, by kind. `episode_id`: the episode that a list of assets is narrowed to. */
export const lineColumns = (kind: Kind, episode_id: string | null): Statement => (kind === 'asset' ? sql`${ASSET_LINE}, ${assetNames(episode_id)}, ${TYPED}` : LINES[kind]);

/** What plain lists show: `named` says what stands around, as lists over productions do. */
export const listColumns = (kind: Kind, named: boolean): Statement => {
  const links = kind === 'concept' ? sql`, coalesce(t.entity_concept_links, '{}') as entity_concept_links` : raw('');
  if (!named) return sql`${PLAIN}${links}, ${TYPED}`;
  return sql`${PLAIN}${links}, ${PROJECT}${kind === 'shot' || kind === 'scene' ? raw(', s.name as sequence_name') : raw('')}, ${TYPED}`;
};

/** Whether the caller is told of what happens to the task `k`. */
const subscribed = (caller: Caller): Statement => sql`(k.id in (select task_id from subscription where person_id = ${caller.id}::uuid and task_id is not null))`;

/** The lines of the tasks `k`, ready to stand between brackets. Lists of assets write a missing preview as ''. */
export const taskLines = (kind: Kind, caller: Caller): Statement => sql`string_agg(k.line || ',"last_preview_file_id":' || coalesce('"' || k.last_preview_file_id || '"', ${raw(kind === 'asset' ? `'""'` : `'null'`)})
  || ',"is_subscribed":' || ${subscribed(caller)}::text || '}', ',' order by k.log_position)`;
