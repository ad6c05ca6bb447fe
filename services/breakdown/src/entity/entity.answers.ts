import { byKey, ids, maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import type { Kind } from './entity.events.ts';
import { entityTable, versionTable } from './entity.projection.ts';

const { kind: _, folded: __, ...fields } = entityTable.fields;

/** What Zou's lists say for "none" in place of an id. */
const idOrNone = z.union([z.guid(), z.literal(''), z.literal('None')]).nullable();
const looser = { preview_file_id: idOrNone.optional(), ready_for: idOrNone.optional() };

/** Anything that a production is made of, as the generic routes answer it. */
export const Entity = shown('Entity', fields, { ...looser, entities_out: ids, entities_in: ids, instance_casting: ids });
export const EntityVersion = shown('EntityVersion', versionTable.fields);

const frames = { fps: z.unknown().optional(), frame_in: z.unknown().optional(), frame_out: z.unknown().optional() };
const project = { project_name: z.string().optional() };
const sequence = { sequence_id: maybe.id.optional(), sequence_name: maybe.text.optional() };
const episode = { episode_id: idOrNone.optional(), episode_name: maybe.text.optional() };
const AROUND: Record<Kind, Record<string, z.ZodType>> = {
  shot: { ...frames, ...sequence, ...episode }, sequence: { ...frames, ...episode }, episode: { ...frames, ...episode }, scene: { ...frames, ...sequence, ...episode }, edit: { ...frames, ...episode }, concept: frames,
  asset: { asset_type_id: maybe.id.optional(), asset_type_name: maybe.text.optional(), ...episode, casting_episode_ids: ids.optional() },
};

/** A task in the line of its entity. */
export const TaskLine = z.looseObject({
  id: z.guid(), entity_id: z.guid(), task_type_id: maybe.id, task_status_id: maybe.id, assignees: ids, priority: maybe.whole, difficulty: maybe.whole, estimation: maybe.number, duration: maybe.number,
  retake_count: maybe.whole, start_date: maybe.text, due_date: maybe.text, real_start_date: maybe.text, end_date: maybe.text, done_date: maybe.text, last_comment_date: maybe.text, nb_assets_ready: maybe.whole,
  nb_drawings: maybe.whole, data: z.unknown(), last_preview_file_id: idOrNone, is_subscribed: z.boolean(),
}).meta({ id: 'TaskLine' });

const kinds = ['asset', 'shot', 'sequence', 'episode', 'scene', 'edit', 'concept'] as const;
const nameOf = (kind: Kind) => kind[0]!.toUpperCase() + kind.slice(1);
const eachKind = (make: (kind: Kind) => z.ZodObject) => Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, z.ZodObject>;

/** Entities by kind. What stands around them (`sequence_name` …) is told where a list needs it. */
export const oneOf = eachKind((kind) => Entity.extend({ ...project, ...AROUND[kind] }).meta({ id: nameOf(kind) }));
/** The same with their tasks, as big lists and single things show them. */
export const oneWithTasks = eachKind((kind) => Entity.extend({ ...project, ...AROUND[kind], tasks: z.array(TaskLine) }).meta({ id: `${nameOf(kind)}WithTasks` }));

const Count = z.object({ count: z.int(), frames: z.int(), drawings: z.int() });
/** By episode and task type, each also `all`: counts by status. */
export const EpisodeStats = byKey(byKey(byKey(Count.extend({ name: z.string(), color: z.string() }))));
const Rounds = { done: Count, retake: Count, other: Count };
export const RetakeStats = byKey(byKey(z.object({ max_retake_count: z.int(), evolution: byKey(z.object(Rounds)), ...Rounds })));
