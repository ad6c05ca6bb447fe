import { Forbidden, Invalid, isId, NotFound, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import type { Cast, Kind } from '../entity/entity.events.ts';
import { mayManage } from '../entity/entity.policy.ts';
import { theId } from '../entity/create-entity.ts';
import { changeCasting } from './change-casting.ts';

type Target = { entity_id: string; kind: Kind; project_id: string; episode_id: string | null; casting: Cast[] };

const MAX_OCCURENCES = 2_147_483_647;
/** An asset of a casting as it is sent. */
export const CastingEntry = z.object({
  asset_id: z.string(),
  nb_occurences: z.coerce.number({ error: 'nb_occurences must be a whole number.' }).int('nb_occurences must be a whole number.').min(-MAX_OCCURENCES).max(MAX_OCCURENCES).nullish(),
  label: z.string().max(80).nullish(),
});

const entries = (given: unknown): Cast[] => {
  if (!Array.isArray(given)) throw new Invalid('A casting is a list of {asset_id, nb_occurences, label}.');
  return given.map((one) => {
    const parsed = CastingEntry.safeParse(one);
    if (!parsed.success) throw new Invalid(`A casting is a list of {asset_id, nb_occurences, label}: ${parsed.error.issues[0]!.message}`);
    return { asset_id: parsed.data.asset_id.toLowerCase(), nb_occurences: parsed.data.nb_occurences ?? 1, label: parsed.data.label ?? '' };
  });
};

/** What of a casting may be cast: assets of the production, and shared ones of others. The rest is left out, as clients expect. */
export const castable = async (context: Context, project_id: string, casting: Cast[]): Promise<Cast[]> => {
  const ids = casting.map((c) => c.asset_id).filter(isId);
  const rows = await context.db.all<{ id: string }>(sql`select id from entity where kind = 'asset' and id = any(${`{${ids.join(',')}}`}::uuid[]) and (project_id = ${project_id} or is_shared)`);
  return casting.filter((c) => rows.some((r) => r.id === c.asset_id));
};

const target = async (context: Context, entity_id: unknown, project_id: string | null, given: unknown): Promise<Target> => {
  const id = theId(entity_id, 'entity');
  const row = await context.db.one<Omit<Target, 'casting'>>(sql`select t.id as entity_id, t.kind, t.project_id, case when t.kind = 'shot' then s.parent_id end as episode_id
    from entity t left join entity s on s.id = t.parent_id where t.id = ${id}`);
  if (!row) throw new NotFound('entity', id);
  if (project_id !== null && row.project_id !== project_id) throw new Forbidden();
  mayManage(context.caller, row.project_id);
  return { ...row, casting: (await castable(context, row.project_id, entries(given))).filter((c) => c.asset_id !== id) };
};

/** Casts, and links the shot's episode to what it uses: an episode keeps what was ever cast in it. */
export const castAll = async (context: Context, targets: Target[]): Promise<void> => {
  const episodes = new Map<string, Target>();
  for (const { episode_id, ...step } of targets) {
    await context.run(changeCasting, { ...step, op: 'replace' }, `cast ${step.entity_id}`);
    if (episode_id === null) continue;
    const found = episodes.get(episode_id) ?? { entity_id: episode_id, kind: 'episode', project_id: step.project_id, episode_id: null, casting: [] };
    found.casting.push(...step.casting.map(({ asset_id, label }) => ({ asset_id, label, nb_occurences: 1 })));
    episodes.set(episode_id, found);
  }
  for (const { episode_id: _, ...step } of episodes.values()) await context.run(changeCasting, { ...step, op: 'add' }, `episode ${step.entity_id}`);
};

type Order = { project_id: string; targets: Target[]; given: unknown };
const handle = async (order: Order, context: Context) => {
  await castAll(context, order.targets);
  return order.given;
};

/** Replaces the casting of an entity. `project_id` null: whatever production it belongs to. */
export const setCasting = spanning({
  subject: 'cmd.breakdown.set-casting', schema: z.object({ project_id: z.unknown().optional(), entity_id: z.unknown().optional(), casting: z.unknown().optional() }), access: to.teamManagers.of('project_id'), handle, resumable: true,
  prepare: async (given, context): Promise<Order> => {
    const one = await target(context, given.entity_id, given.project_id === null ? null : theId(given.project_id, 'production'), given.casting);
    return { project_id: one.project_id, targets: [one], given: given.casting };
  },
});

/** Replaces the castings of several entities of a production: an object of castings by entity id. */
export const setCastings = spanning({
  subject: 'cmd.breakdown.set-castings', schema: z.object({ project_id: z.unknown().optional(), castings: z.record(z.string(), z.unknown(), { error: 'An object of castings by entity id is wanted.' }) }),
  access: to.teamManagers.of('project_id'), handle, resumable: true,
  prepare: async (given, context): Promise<Order> => {
    const project_id = theId(given.project_id, 'production');
    if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
    mayManage(context.caller, project_id);
    const targets: Target[] = [];
    for (const [entity_id, casting] of Object.entries(given.castings)) targets.push(await target(context, entity_id, project_id, casting));
    return { project_id, targets, given: given.castings };
  },
});
