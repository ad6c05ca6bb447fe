import { MainPreviewSet, PreviewFileDeleted } from '@shotlog/files/preview-file/preview-file.events';
import { apiTime, common, derivedId, f, insert, json, madeAt, on, projection, remove, sql, table, update, type Recorded, type Statement } from '@shotlog/kernel';
import { projectEvents } from '../project/project.fields.ts';
import { CastingSet, entityEvents, entityFields, KINDS, linkId, type Cast, type CastingSetEvent } from './entity.events.ts';

/** `folded` is the name in lower case without accents, for the search. */
export const entityTable = table('entity', { ...entityFields, kind: f.text({ hidden: true }), folded: f.text({ hidden: true }), ...common },
  { indexes: ['project_id, kind', 'parent_id', 'source_id', 'entity_type_id', 'shotgun_id', 'preview_file_id'] });
/**
 * Who casts what: `entity_in_id` is the shot (or episode, or asset), `entity_out_id` the asset. `project_id` is the former's. `sort` is
 * the order of lists: as it was cast, an episode's link before that of the shot which brought it; `correlation_id` tells which that was.
 */
export const linkTable = table('entity_link', { entity_in_id: f.uuid(), entity_out_id: f.uuid(), data: f.json(), nb_occurences: f.integer(), label: f.string(80), project_id: f.uuid({ hidden: true }),
  sort: f.float({ hidden: true }), correlation_id: f.text({ hidden: true }), ...common },
  { indexes: ['unique entity_in_id, entity_out_id', 'entity_out_id', 'project_id'] });
/** What a shot or an edit was called and held before its name or its frames changed. */
export const versionTable = table('entity_version', { name: f.string(160), data: f.json(), entity_id: f.uuid(), person_id: f.uuid(), ...common }, { indexes: ['entity_id'] });

/** A text as the search compares it: lower case, without accents. */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const at = (e: Recorded) => apiTime(e.metadata.at);

const created = (kind: string) => (e: Recorded) =>
  insert(entityTable, { ...e.data, kind, folded: fold(e.data.name), id: e.data.entity_id, created_at: madeAt(e), updated_at: at(e), log_position: e.position });

const versionOf = (e: Recorded): Statement[] => {
  const { name, data } = e.data.changes;
  if (name === undefined && data === undefined) return [];
  const frames = data === undefined ? sql`false` : sql`(t.data->'frame_in' is distinct from ${json(data)}->'frame_in' or t.data->'frame_out' is distinct from ${json(data)}->'frame_out')`;
  return [sql`insert into entity_version (id, name, data, entity_id, person_id, created_at, updated_at, log_position)
    select ${derivedId('entity version', e.id)}::uuid, t.name, t.data, t.id, ${e.metadata.actor}::uuid, ${at(e)}::timestamp, ${at(e)}::timestamp, ${e.position}::bigint
    from entity t where t.id = ${e.data.entity_id} and (t.name <> coalesce(${name ?? null}::text, t.name) or ${frames}) on conflict (id) do nothing`];
};

const updated = (kind: string) => (e: Recorded) => [
  ...(kind === 'shot' || kind === 'edit' ? versionOf(e) : []),
  update(entityTable, e.data.entity_id, { ...e.data.changes, ...(e.data.changes.name ? { folded: fold(e.data.changes.name) } : {}), updated_at: at(e) }),
];

const deleted = (e: Recorded) => {
  const { entity_id, project_id } = e.data;
  return [
    sql`update entity set nb_entities_out = greatest(nb_entities_out - 1, 0) where id in (select entity_in_id from entity_link where entity_out_id = ${entity_id})`,
    sql`delete from entity_link where entity_in_id = ${entity_id} or entity_out_id = ${entity_id}`,
    sql`update entity set entity_concept_links = array_remove(entity_concept_links, ${entity_id}::uuid) where project_id = ${project_id} and kind = 'concept'`,
    sql`delete from entity_version where entity_id = ${entity_id}`,
    remove(entityTable, entity_id),
  ];
};

const sorted = (e: Recorded, index: number): Statement => e.data.kind !== 'episode' ? sql`${e.position}::float8 + ${index / 1000}::float8`
  : sql`coalesce((select min(x.sort) - 0.0005 from entity_link x where x.entity_out_id = a.id and x.project_id = ${e.data.project_id} and x.correlation_id = ${e.metadata.correlation_id}), ${e.position}::float8)`;

const link = (e: Recorded, { asset_id, nb_occurences, label, link_id, data }: Cast, index: number): Statement =>
  sql`insert into entity_link (id, entity_in_id, entity_out_id, data, nb_occurences, label, project_id, sort, correlation_id, created_at, updated_at, log_position)
    select ${link_id ?? linkId(e.data.entity_id, asset_id)}::uuid, ${e.data.entity_id}::uuid, a.id, ${json(data)}, ${nb_occurences}::bigint, ${label}::text, ${e.data.project_id}::uuid, ${sorted(e, index)}, ${e.metadata.correlation_id}::text,
      ${at(e)}::timestamp, ${at(e)}::timestamp, ${e.position}::bigint from entity a where a.id = ${asset_id}
    on conflict (entity_in_id, entity_out_id) do update set data = excluded.data, nb_occurences = excluded.nb_occurences, label = excluded.label,
      updated_at = case when (entity_link.nb_occurences, entity_link.label) is distinct from (excluded.nb_occurences, excluded.label) then excluded.updated_at else entity_link.updated_at end`;

const cast = (e: Recorded<string, CastingSetEvent['data']>): Statement[] => [
  sql`delete from entity_link where entity_in_id = ${e.data.entity_id} and entity_out_id <> all(${`{${e.data.casting.map((c) => c.asset_id).join(',')}}`}::uuid[])`,
  ...e.data.casting.map((c, index) => link(e as Recorded, c, index)),
  ...(e.data.uncounted ? [] : [sql`update entity set nb_entities_out = (select count(*) from entity_link where entity_in_id = ${e.data.entity_id}) where id = ${e.data.entity_id}`]),
];

/** Rows of `entity`, `entity_link` and `entity_version`. */
export const entityProjection = projection('entity', [entityTable, linkTable, versionTable], [
  ...KINDS.flatMap((kind) => [on(entityEvents[kind].created, created(kind)), on(entityEvents[kind].updated, updated(kind)), on(entityEvents[kind].deleted, deleted)]),
  on(CastingSet, cast),
  on(MainPreviewSet, (e) => sql`update entity set preview_file_id = ${e.data.preview_file_id} where id = ${e.data.entity_id}`),
  on(PreviewFileDeleted, (e) => sql`update entity set preview_file_id = null where preview_file_id = ${e.data.preview_file_id}`),
  on(projectEvents.deleted, (e) => [
    sql`delete from entity_version where entity_id in (select id from entity where project_id = ${e.data.project_id})`,
    sql`delete from entity_link where project_id = ${e.data.project_id} or entity_out_id in (select id from entity where project_id = ${e.data.project_id})`,
    sql`delete from entity where project_id = ${e.data.project_id}`,
  ]),
]);
