import { defaultEntityTypeId, KIND_TYPES } from '../entity-type/entity-type.ts';
import { KINDS, type Kind } from './entity.events.ts';

/** How the kinds of entities differ in what they are called and made of. */
export type KindRules = {
  kind: Kind;
  /** The `type` of the API's objects. */
  type: string;
  /** In paths: `/data/shots`. */
  plural: string;
  /** The kind of its parent, the key that a body names it by, and the column that holds it. */
  parent: { kind: Kind; key: 'sequence_id' | 'episode_id'; column: 'parent_id' | 'source_id' } | null;
  /** What a description becomes that nobody gave. */
  description: '' | null;
  /** Whether a name is its own within project and parent: creating it again answers the one that is there. */
  named: boolean;
};

const rules = (kind: Kind, plural: string, parent: KindRules['parent'], description: '' | null): KindRules =>
  ({ kind, type: `${kind[0]!.toUpperCase()}${kind.slice(1)}`, plural, parent, description, named: kind !== 'asset' });

/** Measured beside Zou 1.0.67: assets may share a name, nothing else may. */
export const RULES: Record<Kind, KindRules> = {
  asset: rules('asset', 'assets', { kind: 'episode', key: 'episode_id', column: 'source_id' }, ''),
  shot: rules('shot', 'shots', { kind: 'sequence', key: 'sequence_id', column: 'parent_id' }, null),
  sequence: rules('sequence', 'sequences', { kind: 'episode', key: 'episode_id', column: 'parent_id' }, ''),
  episode: rules('episode', 'episodes', null, ''),
  scene: rules('scene', 'scenes', { kind: 'sequence', key: 'sequence_id', column: 'parent_id' }, null),
  edit: rules('edit', 'edits', { kind: 'episode', key: 'episode_id', column: 'parent_id' }, ''),
  concept: rules('concept', 'concepts', null, null),
};

const KIND_OF_TYPE = new Map(Object.entries(KIND_TYPES).map(([kind, name]) => [defaultEntityTypeId(name), kind as Kind]));

/** What an entity of a type is: whatever has none of the fixed types is an asset. */
export const kindOfType = (entity_type_id: string): Kind => KIND_OF_TYPE.get(entity_type_id) ?? 'asset';
/** The fixed entity type of a kind; null for assets, whose types a studio makes. */
export const typeOfKind = (kind: Kind): string | null => (kind === 'asset' ? null : defaultEntityTypeId(KIND_TYPES[kind]));
/** The stream of an entity. */
export const entityStream = (kind: Kind, id: string): string => `${kind}-${id}`;
/** The kind and id of a stream's name. */
export const ofStream = (stream: string): { kind: Kind; id: string } => {
  const kind = KINDS.find((k) => stream.startsWith(`${k}-`))!;
  return { kind, id: stream.slice(kind.length + 1) };
};
