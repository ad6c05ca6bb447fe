import { byKey, maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { linkTable } from '../entity/entity.projection.ts';

const cast = { asset_id: z.guid(), asset_name: z.string(), asset_type_name: maybe.text, is_shared: maybe.truth, preview_file_id: maybe.id, project_id: maybe.id, nb_occurences: z.int(), label: z.string() };

/** An asset that an entity casts. */
export const Cast = z.object({ ...cast, episode_id: maybe.id, ready_for: maybe.id }).meta({ id: 'Cast' });
/** Castings by the id of who casts. */
export const Castings = byKey(z.array(z.object({ ...cast, name: z.string(), sequence_name: maybe.text }).meta({ id: 'CastInSequence' })));

// What names no asset that may be cast is passed over, and answered all the same.
const Given = z.array(z.looseObject({ asset_id: z.string() }));
/** What was sent, as it is answered. */
export const CastingSent = Given;
export const CastingsSent = byKey(Given);

/** Where an asset is cast: a shot, or another asset. */
export const CastIn = z.looseObject({
  shot_id: z.guid().optional(), shot_name: z.string().optional(), sequence_id: maybe.id.optional(), sequence_name: maybe.text.optional(), episode_id: z.string().optional(), episode_name: maybe.text.optional(),
  asset_id: z.guid().optional(), asset_name: z.string().optional(), asset_type_name: maybe.text.optional(), preview_file_id: maybe.id, nb_occurences: z.int(), label: z.string(), project_id: z.guid(),
}).meta({ id: 'CastIn' });

export const EntityLink = shown('EntityLink', linkTable.fields);
