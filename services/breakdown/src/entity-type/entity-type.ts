import { access, derivedId, f, resource } from '@shotlog/kernel';

/** Entity types: the studio's asset types, and one each for shots, sequences, episodes, scenes, edits and concepts. Published as `asset-type:…`. */
export const entityType = resource({
  service: 'breakdown', name: 'entity_type', path: '/data/entity-types', type: 'EntityType', published: null,
  fields: { name: f.string(30, { required: true, ignoreCase: true }), short_name: f.string(20), description: f.text(), archived: f.boolean({ default: false }), task_types: f.uuids({ relation: true, default: [] }) },
  unique: [['name']], access: access.studio,
});

/** The types that are no asset types, by the kind of entity. */
export const KIND_TYPES = { shot: 'Shot', sequence: 'Sequence', episode: 'Episode', scene: 'Scene', edit: 'Edit', concept: 'Concept' } as const;
/** Asset types that a studio finds at its first start. */
export const DEFAULT_ASSET_TYPES = ['Character', 'Prop', 'Environment', 'FX'] as const;
/** The id of an entity type that stands there from the first start. */
export const defaultEntityTypeId = (name: string): string => derivedId('default entity type', name);
