import { Invalid, isId, NotFound, spanning, sql, textArray, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from '../entity/create-entity.ts';
import type { Kind } from '../entity/entity.events.ts';
import { mayManage } from '../entity/entity.policy.ts';
import { castingOf } from './casting.queries.ts';
import { changeCasting } from './change-casting.ts';
import { castable } from './set-casting.ts';

/** One entity of those that the asset is cast in. `episode_id`: the episode of a shot. */
type Target = { entity_id: string; kind: Kind; episode_id: string | null; nb_occurences: number; label: string };
type Order = { project_id: string; asset_id: string; targets: Target[] };

const MAX_OCCURENCES = 2_147_483_647;
const Body = z.object({
  project_id: z.unknown().optional(), asset_id: z.unknown().optional(),
  entity_ids: z.array(z.string(), { error: 'entity_ids is a list of ids.' }),
  nb_occurences: z.number({ error: 'nb_occurences must be a whole number.' }).int('nb_occurences must be a whole number.').min(0).max(MAX_OCCURENCES).nullish(),
  label: z.string({ error: 'label must be a text.' }).max(80).nullish(),
});

/** The entities, with what they say of the asset so far. @throws NotFound (404) unless all are in the production. */
const targetsOf = async (context: Context, project_id: string, asset_id: string, given: string[]) => {
  if (!given.every(isId)) throw new Invalid('entity_ids is a list of ids.');
  const ids = [...new Set(given.map((id) => id.toLowerCase()))];
  if (ids.includes(asset_id)) throw new Invalid('An asset is not cast in itself.');
  const rows = await context.db.all<{ entity_id: string; kind: Kind; episode_id: string | null; nb_occurences: number | null; label: string | null }>(sql`select t.id as entity_id, t.kind,
      case when t.kind = 'shot' then s.parent_id end as episode_id, l.nb_occurences, l.label
    from entity t left join entity s on s.id = t.parent_id left join entity_link l on l.entity_in_id = t.id and l.entity_out_id = ${asset_id}
    where t.project_id = ${project_id} and t.id = any(${textArray(ids)}::uuid[]) order by t.log_position`);
  const lost = ids.find((id) => !rows.some((r) => r.entity_id === id));
  if (lost !== undefined) throw new NotFound('entity', lost);
  return rows;
};

/**
 * Casts one asset in several entities of a production and leaves the rest of their castings alone. What is not given stays as it is, 1 for a new entry;
 * no occurences take the asset out. Answers the castings by entity id. Not in Zou 1.0.67; gazu 1.3 asks for it.
 */
export const castAsset = spanning({
  subject: 'cmd.breakdown.cast-asset', schema: Body, resumable: true, access: to.teamManagers.of('project_id'),
  prepare: async (given: z.output<typeof Body>, context): Promise<Order> => {
    const [project_id, asset_id] = [theId(given.project_id, 'production'), theId(given.asset_id, 'asset')];
    if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
    mayManage(context.caller, project_id);
    const rows = await targetsOf(context, project_id, asset_id, given.entity_ids);
    if ((await castable(context, project_id, [{ asset_id, nb_occurences: 1, label: '' }])).length === 0) throw new NotFound('asset', asset_id);
    return { project_id, asset_id, targets: rows.map((r) => ({ ...r, nb_occurences: given.nb_occurences ?? Number(r.nb_occurences ?? 1), label: given.label ?? r.label ?? '' })) };
  },
  handle: async ({ project_id, asset_id, targets }: Order, context) => {
    for (const { entity_id, kind, nb_occurences, label } of targets) {
      await context.run(changeCasting, { entity_id, kind, project_id, op: nb_occurences === 0 ? 'drop' : 'put', casting: [{ asset_id, nb_occurences, label }] }, `cast ${entity_id}`);
    }
    // An episode keeps what was ever cast in its shots.
    const episodes = new Map(targets.filter((t) => t.episode_id !== null && t.nb_occurences > 0).map((t) => [t.episode_id!, t.label]));
    for (const [entity_id, label] of episodes) await context.run(changeCasting, { entity_id, kind: 'episode', project_id, op: 'add', casting: [{ asset_id, nb_occurences: 1, label }] }, `episode ${entity_id}`);
    await context.settled();
    return Object.fromEntries(await Promise.all(targets.map(async ({ entity_id }) => [entity_id, JSON.parse((await castingOf(context.db, entity_id)).text)])));
  },
});
