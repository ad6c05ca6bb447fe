import { command, defineState, NotFound, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from '../entity/create-entity.ts';
import type { Kind } from '../entity/entity.events.ts';
import { mayLink } from '../entity/entity.policy.ts';
import { answerOf } from '../entity/entity.queries.ts';
import { AssetInstanceAddedToShot, assetInstance, AssetInstanceRemovedFromShot } from './asset-instance.ts';

const find = async (context: Context, id: unknown, kind: Kind, project_id: string | null = null): Promise<{ id: string; project_id: string; name: string }> => {
  const given = theId(id, kind);
  const row = await context.db.one<{ id: string; project_id: string; name: string; is_shared: boolean }>(sql`select id, project_id, name, is_shared from entity where id = ${given} and kind = ${kind}`);
  if (!row || (project_id !== null && row.project_id !== project_id && !row.is_shared)) throw new NotFound(kind, given);
  return row;
};

/** Characters of an instance's name. */
const LONGEST = 80;
/** What an instance is called after its asset and its number: letters and digits joined by underscores, as names of files are: "Hero Man" gives `Hero_Man_0001`. */
export const instanceName = (asset: string, number: number): string => {
  const plain = asset.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');
  const counted = `_${number.toString().padStart(4, '0')}`;
  return [...plain].slice(0, LONGEST - counted.length).join('') + counted;
};

type Placed = { in: 'scene_id' | 'target_asset_id'; where_id: string; asset: { id: string; name: string }; project_id: string; description: string | null; id: string };

const instance = async (context: Context, id: string) =>
  (await context.db.one<{ row: unknown }>(sql`select row_to_json(r) as row from (select id, asset_id, name, number, description, active, data, scene_id, target_asset_id, entity_id, entity_type_id,
    created_at, updated_at, 'AssetInstance' as type from asset_instance where id = ${id}) r`))?.row ?? null;

const placement = (place: Placed['in'], kind: Kind, subject: string) => spanning({
  subject, schema: z.object({ where_id: z.unknown().optional(), asset_id: z.unknown().optional(), description: z.string().max(200).nullish() }),
  access: to.teamStaff.of('project_id'),
  prepare: async (given, context): Promise<Placed> => {
    const where = await find(context, given.where_id, kind);
    mayLink(context.caller, where.project_id);
    const asset = await find(context, given.asset_id, 'asset', where.project_id);
    return { in: place, where_id: where.id, asset, project_id: where.project_id, description: given.description ?? null, id: context.moment.id() };
  },
  handle: async (c, context) => {
    const { next } = (await context.db.one<{ next: string }>(sql`select coalesce(max(number), 0) + 1 as next from asset_instance where asset_id = ${c.asset.id}
      and ${c.in === 'scene_id' ? sql`scene_id = ${c.where_id}` : sql`target_asset_id = ${c.where_id}`}`))!;
    // The resource itself is the admins'; who may link has been asked.
    await context.runAsSystem(assetInstance.commands.create, { asset_instance_id: c.id, asset_id: c.asset.id, name: instanceName(c.asset.name, Number(next)), number: Number(next),
      description: c.description, [c.in]: c.where_id }, 'create');
    await context.settled();
    return instance(context, c.id);
  },
});

/** Places an asset in a scene, under the next free number. */
export const placeInScene = placement('scene_id', 'scene', 'cmd.breakdown.place-in-scene');
/** Places an asset in another asset, under the next free number. */
export const placeInAsset = placement('target_asset_id', 'asset', 'cmd.breakdown.place-in-asset');

type ShotLink = { asset_instance_id: string; shot_id: string; project_id: string };
const shots = defineState<ReadonlySet<string>>({
  initial: new Set(),
  evolve: (state, { type, data }) => type === AssetInstanceAddedToShot.eventType ? new Set(state).add(data.shot_id)
    : type === AssetInstanceRemovedFromShot.eventType ? new Set([...state].filter((id) => id !== data.shot_id)) : state,
});
const Given = z.object({ shot_id: z.unknown().optional(), asset_instance_id: z.unknown().optional() });
const prepare = async (given: z.output<typeof Given>, context: Context): Promise<ShotLink> => {
  const shot = await find(context, given.shot_id, 'shot');
  mayLink(context.caller, shot.project_id);
  const id = theId(given.asset_instance_id, 'asset instance');
  if (!(await context.db.one(sql`select 1 from asset_instance where id = ${id} and project_id = ${shot.project_id}`))) throw new NotFound('asset instance', id);
  return { asset_instance_id: id, shot_id: shot.id, project_id: shot.project_id };
};
const parts = { schema: Given, state: shots, prepare, access: to.teamStaff.of('project_id'), stream: (c: ShotLink) => assetInstance.stream(c.asset_instance_id) };

/** Says that an instance is seen in a shot. Answers the shot. */
export const addInstanceToShot = command({ ...parts, subject: 'cmd.breakdown.add-instance-to-shot',
  decide: (c: ShotLink, state) => (state.has(c.shot_id) ? [] : [AssetInstanceAddedToShot(c)]), answer: (c, { db }) => answerOf(db, c.shot_id, 'shot', 'Entity') });
/** Says that it is no longer. @throws NotFound (404) when it was not. */
export const removeInstanceFromShot = command({ ...parts, subject: 'cmd.breakdown.remove-instance-from-shot',
  decide: (c: ShotLink, state) => {
    if (!state.has(c.shot_id)) throw new NotFound('asset instance', c.asset_instance_id);
    return [AssetInstanceRemovedFromShot(c)];
  } });
