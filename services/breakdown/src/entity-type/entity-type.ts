import { access, derivedId, f, Invalid, resource, sql, type Context } from '@shotlog/kernel';

/** Task types that are gone are passed over, as clients send back what they read. */
const knownTaskTypes = async (values: Record<string, any>, { db }: Context): Promise<Record<string, any>> => {
  if (!values.task_types) return {};
  const rows = await db.all<{ id: string }>(sql`select id from task_type where id = any(${`{${values.task_types.join(',')}}`}::uuid[])`);
  return { task_types: values.task_types.filter((id: string) => rows.some((row) => row.id === id)) };
};

/** Entity types: the studio's asset types, and one each for shots, sequences, episodes, scenes, edits and concepts. Published as `asset-type:…`. */
export const entityType = resource({
  service: 'breakdown', name: 'entity_type', path: '/data/entity-types', type: 'EntityType', published: (what, e) => [{ name: `asset-type:${what}`, payload: { asset_type_id: e.data.entity_type_id } }],
  fields: { name: f.string(30, { required: true, ignoreCase: true }), short_name: f.string(20), description: f.text(), archived: f.boolean({ default: false }), task_types: f.uuids({ relation: true, default: [] }) },
  unique: [['name']], access: access.studio, updateRelations: true,
  creating: async (values, context) => {
    if (await context.db.one(sql`select 1 as found from entity_type where lower(name) = lower(${values.name ?? null})`)) throw new Invalid('There is an entity type of this name already.');
    return knownTaskTypes(values, context);
  },
  updating: (changes, _row, context) => knownTaskTypes(changes, context),
  removing: async (row, { db }) => {
    if (await db.one(sql`select 1 as found from entity where entity_type_id = ${row.id} limit 1`)) throw new Invalid('There are entities of this type.');
  },
});

/** The types that are no asset types, by the kind of entity. */
export const KIND_TYPES = { shot: 'Shot', sequence: 'Sequence', episode: 'Episode', scene: 'Scene', edit: 'Edit', concept: 'Concept' } as const;
/** Asset types that a studio finds at its first start. */
export const DEFAULT_ASSET_TYPES = ['Character', 'Prop', 'Environment', 'FX'] as const;
/** The id of an entity type that stands there from the first start. */
export const defaultEntityTypeId = (name: string): string => derivedId('default entity type', name);
