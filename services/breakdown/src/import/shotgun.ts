import { derivedId, Invalid, Removed, rendered, route, spanning, sql, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { changeCasting } from '../casting/change-casting.ts';
import { createPlainEntity } from '../entity/create-entity.ts';
import { removeWhole } from '../entity/delete-entity.ts';
import { listColumns } from '../entity/entity.columns.ts';
import type { Kind } from '../entity/entity.events.ts';
import { RULES, typeOfKind } from '../entity/kinds.ts';
import { setEntity } from '../entity/update-entity.ts';
import { entityType } from '../entity-type/entity-type.ts';
import { Entity } from '../entity/entity.answers.ts';

const Ref = z.object({ id: z.number().int() }).loose().nullish().catch(null);
const Refs = z.array(z.object({ id: z.number().int() }).loose()).nullish().catch(null);
const Entry = z.object({
  id: z.number().int().min(-2_147_483_648).max(2_147_483_647), code: z.string().min(1).max(160), description: z.string().nullish(), project: z.object({ id: z.number().int().nullish(), name: z.string().nullish() }).loose(),
  episode: Ref, sg_sequence: Ref, sequence_sg_scenes_1_sequences: Refs, sg_scene: Ref, assets: Refs, parents: Refs, sg_asset_type: z.string().max(30).nullish(),
  sg_cut_in: z.number().nullish(), sg_cut_out: z.number().nullish(), sg_cut_duration: z.number().nullish(),
}).loose();
type Entry = z.output<typeof Entry>;
type Kinds = Extract<Kind, 'asset' | 'shot' | 'sequence' | 'episode' | 'scene'>;

const byShotgun = async (context: Context, kind: Kind, project_id: string, id: number | undefined): Promise<string | null> =>
  id === undefined ? null : (await context.db.one<{ id: string }>(sql`select id from entity where kind = ${kind} and project_id = ${project_id} and shotgun_id = ${id}`))?.id ?? null;

const projectOf = async (context: Context, { project }: Entry): Promise<string | null> => (await context.db.one<{ id: string }>(sql`select id from project
  where shotgun_id = ${project.id ?? null} or name = ${project.name ?? null} order by (shotgun_id = ${project.id ?? null}) desc nulls last limit 1`))?.id ?? null;

/** Frames and the studio's own fields of a shot; null where Shotgun says nothing. */
export const shotData = (entry: Record<string, any>): Record<string, unknown> | null => {
  const own = Object.fromEntries(Object.entries(entry).filter(([key, value]) => key.startsWith('sg_') && !['sg_sequence', 'sg_scene', 'sg_cut_in', 'sg_cut_out', 'sg_status_list'].includes(key) && value !== null && value !== undefined));
  const { sg_cut_in: start, sg_cut_out: end, sg_cut_duration: duration } = entry;
  const out = end ?? (typeof start === 'number' && typeof duration === 'number' ? start + duration : null);
  const data = { ...own, ...(typeof start === 'number' ? { frame_in: start } : {}), ...(typeof out === 'number' ? { frame_out: out } : {}) };
  return Object.keys(data).length > 0 ? data : null;
};

const assetType = async (context: Context, name: string): Promise<string> => {
  const found = await context.db.one<{ id: string }>(sql`select id from entity_type where lower(name) = lower(${name})`);
  if (found) return found.id;
  const id = derivedId('shotgun asset type', name.toLowerCase());
  await context.runAsSystem(entityType.commands.create, { entity_type_id: id, name }, `type ${name}`);
  await context.settled();
  return id;
};

const places: Record<Kinds, (context: Context, e: Entry, project_id: string) => Promise<Record<string, unknown>>> = {
  asset: async (context, e) => ({ entity_type_id: await assetType(context, e.sg_asset_type || 'Asset') }),
  episode: async () => ({}),
  sequence: async (context, e, p) => ({ parent_id: await byShotgun(context, 'episode', p, e.episode?.id) }),
  scene: async (context, e, p) => ({ parent_id: await byShotgun(context, 'sequence', p, e.sequence_sg_scenes_1_sequences?.[0]?.id) }),
  shot: async (context, e, p) => ({ parent_id: await byShotgun(context, 'sequence', p, e.sg_sequence?.id), source_id: await byShotgun(context, 'scene', p, e.sg_scene?.id), data: shotData(e) }),
};

const cast = async (context: Context, kind: Kinds, id: string, project_id: string, used: Entry['assets']): Promise<void> => {
  const casting = [];
  for (const { id: shotgun_id } of used ?? []) {
    const asset_id = await byShotgun(context, 'asset', project_id, shotgun_id);
    if (asset_id && asset_id !== id) casting.push({ asset_id, nb_occurences: 1, label: '' });
  }
  if (casting.length > 0) await context.run(changeCasting, { entity_id: id, kind, project_id, op: 'add', uncounted: true, casting }, `cast ${id}`);
};

const importOne = async (context: Context, kind: Kinds, e: Entry): Promise<string | null> => {
  const project_id = await projectOf(context, e);
  if (project_id === null) return null;
  const values = { name: e.code, description: e.description ?? null, shotgun_id: e.id, ...(await places[kind](context, e, project_id)) } as Record<string, any>;
  const there = await byShotgun(context, kind, project_id, e.id)
    ?? (RULES[kind].named ? (await context.db.one<{ id: string }>(sql`select id from entity where kind = ${kind} and project_id = ${project_id} and name = ${e.code} and parent_id is not distinct from ${values.parent_id ?? null}::uuid`))?.id : null) ?? null;
  const id = there ?? context.moment.id(`${kind} ${e.id}`);
  if (there) await context.runAsSystem(setEntity, { id, changes: values }, `set ${id}`);
  else await context.runAsSystem(createPlainEntity, { entity_type_id: typeOfKind(kind), ...values, id, project_id, created_by: context.caller.id }, `create ${id}`);
  await context.settled();
  await cast(context, kind, id, project_id, kind === 'asset' ? e.parents : e.assets);
  return id;
};

/** Takes things of one kind as Shotgun gives them. What is incomplete, or of an unknown production, is left out of the answer. */
const importKind = (kind: Kinds) => spanning({
  subject: `cmd.breakdown.import-shotgun-${RULES[kind].plural}`, schema: z.object({ entries: z.unknown().optional() }), access: to.admins, resumable: true,
  prepare: (c) => {
    if (!Array.isArray(c.entries)) throw new Invalid('A list is wanted.');
    return { entries: c.entries.flatMap((entry) => Entry.safeParse(entry).data ?? []) };
  },
  handle: async ({ entries }: { entries: Entry[] }, context) => {
    const ids: string[] = [];
    for (const entry of entries) {
      const id = await importOne(context, kind, entry);
      if (id) ids.push(id);
    }
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select x.*, 'Entity' as type from unnest(${`{${ids.join(',')}}`}::uuid[]) with ordinality o(id, n) join entity t on t.id = o.id
      cross join lateral (select ${listColumns('shot', false)}) x order by o.n`)).text);
  },
});

/** Deletes what Shotgun has deleted, with all that hangs on it. What is not here is no error. */
const removeKind = (kind: Kinds) => spanning({
  subject: `cmd.breakdown.remove-shotgun-${kind}`, schema: z.object({ id: z.number({ error: 'id must be a number.' }).int().min(-2_147_483_648).max(2_147_483_647) }), access: to.admins, resumable: true,
  prepare: async ({ id }, context) => ({ found: await context.db.one<{ id: string; kind: Kind; project_id: string }>(sql`select id, kind, project_id from entity where kind = ${kind} and shotgun_id = ${id}`) }),
  handle: async ({ found }: { found: { id: string; kind: Kind; project_id: string } | null }, context) => {
    if (!found) return { success: true };
    await removeWhole(context, found);
    return { success: true, removed_instance_id: found.id };
  },
});

/** Routes that take entities from Shotgun. */
export const shotgunRoutes: Route[] = (['asset', 'shot', 'sequence', 'episode', 'scene'] as const).flatMap((kind): Route[] => [
  route({ method: 'post', path: `/import/shotgun/${RULES[kind].plural}`, summary: `Bring ${RULES[kind].plural} over from Shotgun`, body: z.array(Entry), answers: { 200: z.array(Entity) }, command: importKind(kind), status: 200, input: (r) => ({ entries: r.body }) }),
  route({ method: 'post', path: `/import/shotgun/remove/${kind}`, summary: `Delete a ${kind} that Shotgun has deleted`, body: z.object({ id: z.int() }), answers: { 200: Removed }, command: removeKind(kind), status: 200, input: (r) => r.body ?? {} }),
]);
