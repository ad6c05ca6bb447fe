import { raw, rendered, sql, type Db, type Rendered } from '@shotlog/kernel';

const CAST = raw(`a.id as asset_id, a.name as asset_name, et.name as asset_type_name, a.source_id as episode_id, a.is_shared, a.preview_file_id, a.project_id, a.ready_for, l.nb_occurences, coalesce(l.label, '') as label`);
/** Links with the assets that they cast: `l`, `a` and the asset's type `et`. */
export const JOINED = raw('entity_link l join entity a on a.id = l.entity_out_id and a.canceled is not true left join entity_type et on et.id = a.entity_type_id');

/** What an entity casts, by type and name. */
export const castingOf = (db: Db, entity_id: string): Promise<Rendered> =>
  rendered(db, sql`select ${CAST} from ${JOINED} where l.entity_in_id = ${entity_id} order by et.name, a.name, a.id`);
