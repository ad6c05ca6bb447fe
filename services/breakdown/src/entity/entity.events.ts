import { derivedId, event, f, factSchema, type EventDefinition, type EventOf, type Fields, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';

/** What an entity can be. An asset's entity type is one of the studio's own; the others have one type each. */
export const KINDS = ['asset', 'shot', 'sequence', 'episode', 'scene', 'edit', 'concept'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * The fields of every entity. `parent_id`: a shot's and a scene's sequence, a sequence's and an edit's episode. `source_id`: a shot's
 * scene, an asset's episode. `nb_frames` counts frames. `entity_concept_links`: the assets that a concept is drawn for.
 */
export const entityFields = {
  name: f.string(160, { required: true, ignoreCase: true }), code: f.string(160), description: f.text(), shotgun_id: f.integer(), canceled: f.boolean({ default: false }),
  nb_frames: f.integer(), nb_entities_out: f.integer({ default: 0 }), is_casting_standby: f.boolean({ default: false }), is_shared: f.boolean({ default: false }),
  status: f.string(20, { choices: ['running', 'standby', 'complete', 'canceled'], default: 'running' }), project_id: f.uuid({ required: true, immutable: true }),
  entity_type_id: f.uuid({ required: true }), parent_id: f.uuid(), source_id: f.uuid(), preview_file_id: f.uuid(), data: f.json(), ready_for: f.uuid(), created_by: f.uuid({ immutable: true }),
  entity_concept_links: f.uuids({ relation: true, default: [] }),
} satisfies Fields;

const data = factSchema(entityFields);
const Ids = z.object({ entity_id: z.guid(), project_id: z.guid() });
const title = (kind: Kind) => `${kind[0]!.toUpperCase()}${kind.slice(1)}`;

/** Episode of a new thing, as published; its parent where that is an episode. */
const episodeOf = (kind: Kind, e: Recorded): unknown => e.data.episode_id ?? (kind === 'sequence' || kind === 'edit' ? e.data.parent_id : kind === 'asset' ? e.data.source_id : null) ?? null;

const told = (kind: Kind, what: string, more: (e: Recorded) => Record<string, unknown> = () => ({})) => (e: Recorded): Publication[] =>
  [{ name: `${kind}:${what}`, payload: { [`${kind}_id`]: e.data.entity_id, project_id: e.data.project_id, ...more(e) } }];

/** A shot came into a scene or left one. */
const sceneMoves = (e: Recorded): Publication[] => [
  ...(e.data.changes.source_id ? [{ name: 'shot:add-to-scene', payload: { shot_id: e.data.entity_id, project_id: e.data.project_id, scene_id: e.data.changes.source_id } }] : []),
  ...(e.data.left_scene_id ? [{ name: 'shot:remove-from-scene', payload: { shot_id: e.data.entity_id, project_id: e.data.project_id, scene_id: e.data.left_scene_id } }] : []),
];

const tasksTold = ({ data: { entity_id, project_id, tasks } }: Recorded): Publication[] =>
  (tasks ?? []).map((task: { task_id: string; task_type_id: string | null }) => ({ name: 'task:delete', payload: { ...task, entity_id, project_id } }));

/** A scene that is canceled is as good as gone: that is how clients of the API know it. */
const isEndOfScene = (kind: Kind, e: Recorded): boolean => kind === 'scene' && e.data.changes.canceled === true;

const eventsOf = (kind: Kind) => ({
  /**
   * `episode_id` is told to subscribers; `asset_type` too for assets. `created_at` is set where the entity was brought over
   * from elsewhere: when it was made there. `twin`: it came over although something of its name stood there already. */
  created: event(`${title(kind)}Created`, 1, Ids.extend(data.shape).extend({ entity_id: z.guid(), project_id: z.guid(), episode_id: z.guid().nullable().optional(), created_at: z.string().optional(), twin: z.literal(true).optional() }), {
    publish: told(kind, 'new', (e) => ({ ...(['shot', 'asset', 'edit'].includes(kind) ? { episode_id: episodeOf(kind, e) } : {}), ...(kind === 'asset' ? { asset_type: e.data.entity_type_id } : {}),
      ...(kind === 'edit' ? { parent_id: e.data.parent_id ?? null } : {}) })) }) as EventDefinition,
  /** Only what changed; a whole `data` when any of it did. `left_scene_id`: the scene that a shot was taken out of. */
  updated: event(`${title(kind)}Updated`, 1, Ids.extend({ changes: data, left_scene_id: z.guid().nullable().optional() }), {
    publish: (e) => [...told(kind, isEndOfScene(kind, e) ? 'delete' : 'update', () => (kind === 'asset' ? { episode_id: e.data.changes.source_id ?? null } : {}))(e), ...(kind === 'shot' ? sceneMoves(e) : [])] }) as EventDefinition,
  /** Gone with everything that hangs on it: its tasks, which are named where there were any, castings and children. */
  deleted: event(`${title(kind)}Deleted`, 1, Ids.extend({ tasks: z.array(z.object({ task_id: z.guid(), task_type_id: z.guid().nullable() })).optional() }),
    { publish: (e) => [...tasksTold(e), ...told(kind, 'delete')(e)] }) as EventDefinition,
});

/** The events of each kind of entity; streams `shot-<id>`, `asset-<id>` … Whoever keeps entities of all kinds takes `Object.values`. */
export const entityEvents: Record<Kind, ReturnType<typeof eventsOf>> = {
  asset: eventsOf('asset'), shot: eventsOf('shot'), sequence: eventsOf('sequence'), episode: eventsOf('episode'), scene: eventsOf('scene'), edit: eventsOf('edit'), concept: eventsOf('concept'),
};

/** An asset in a casting. `link_id` names the link where something else knew it by that id before; else its id follows from the pair. */
export const Cast = z.object({ asset_id: z.guid(), nb_occurences: z.number().int(), label: z.string(), link_id: z.guid().optional(), data: z.any().optional() });
export type Cast = z.infer<typeof Cast>;
/** The id of a link that nobody named: it follows from what it links. */
export const linkId = (entity_in_id: string, entity_out_id: string): string => derivedId('entity link', entity_in_id, entity_out_id);

const linksTold = ({ data }: Recorded): Publication[] => {
  const told = (what: string, c: Cast, more: object = {}) => ({ name: `entity-link:${what}`, payload: { entity_link_id: c.link_id ?? linkId(data.entity_id, c.asset_id), project_id: data.project_id, ...more } });
  return [
    ...data.casting.filter((c: Cast) => data.added_asset_ids.includes(c.asset_id)).map((c: Cast) => told('new', c, { entity_in_id: data.entity_id, entity_out_id: c.asset_id, nb_occurences: c.nb_occurences })),
    ...(data.changed ?? []).map((c: Cast) => told('update', c)), ...(data.removed ?? []).map((c: Cast) => told('delete', c)),
  ];
};
/** An asset is shown with the episodes that it is cast in. */
const assetsTold = ({ data }: Recorded): Publication[] => (data.kind !== 'episode' ? []
  : data.added_asset_ids.map((asset_id: string) => ({ name: 'asset:update', payload: { asset_id, project_id: data.project_id } })));
/** Clients of the API know castings of shots, episodes and assets; those of other things are told as an asset's. */
const castingTold = ({ data }: Recorded): Publication => {
  const kind = data.kind === 'shot' || data.kind === 'episode' ? data.kind : 'asset';
  return { name: `${kind}:casting-update`, payload: { [`${kind}_id`]: data.entity_id, project_id: data.project_id, nb_entities_out: data.casting.length,
    added_asset_ids: data.added_asset_ids, removed_asset_ids: data.removed_asset_ids } };
};

/**
 * The whole casting of an entity, in the entity's stream: which assets it uses, how many of each. Replaces what was cast before.
 * `uncounted`: links came or went by themselves (imports bring their own count), and the entity's `nb_entities_out` stays; which were
 * `changed` and `removed` is told then. `followed`: the casting of one of its shots brought these assets to an episode.
 */
export const CastingSet = event('CastingSet', 1, Ids.extend({
  kind: z.enum(KINDS),
  casting: z.array(Cast),
  added_asset_ids: z.array(z.guid()), removed_asset_ids: z.array(z.guid()), uncounted: z.boolean().optional(), changed: z.array(Cast).optional(), removed: z.array(Cast).optional(), followed: z.boolean().optional(),
}), { publish: (e) => (e.data.followed ? assetsTold(e) : [...linksTold(e), ...assetsTold(e), castingTold(e)]) });
export type CastingSetEvent = EventOf<typeof CastingSet>;
