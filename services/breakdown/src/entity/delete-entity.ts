import { command, Invalid, isId, NotFound, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from './create-entity.ts';
import { entityEvents, type Kind } from './entity.events.ts';
import { mayManage } from './entity.policy.ts';
import { entityClaims, entityState } from './entity.state.ts';
import { entityStream } from './kinds.ts';
import { setEntity } from './update-entity.ts';

type Doomed = { id: string; kind: Kind; project_id: string; tasks: boolean; children: boolean };

const find = async (id: string, context: Context): Promise<Doomed | null> => context.db.one<Doomed>(sql`select id, kind, project_id, exists (select 1 from task where entity_id = t.id) as tasks,
  exists (select 1 from entity c where c.parent_id = t.id and (t.kind <> 'sequence' or c.kind = 'shot')) as children from entity t where id = ${id}`);

type Removal = { id: string; kind: Kind; project_id: string; tasks: { task_id: string; task_type_id: string | null }[] };
/** A step: the entity's end. What hangs on it goes with it in every read model. */
export const removeEntity = command({
  subject: 'cmd.breakdown.remove-entity', schema: z.object({ id: z.guid(), kind: z.string(), project_id: z.guid() }), state: entityState, claims: entityClaims,
  access: to.teamManagers.of('project_id'),
  prepare: async (c, { db }): Promise<Removal> => ({ ...c, kind: c.kind as Kind, tasks: await db.all(sql`select id as task_id, task_type_id from task where entity_id = ${c.id} order by log_position`) }),
  stream: (c) => entityStream(c.kind, c.id),
  decide: ({ id, kind, tasks }, state) => (state === null ? [] : [entityEvents[kind].deleted({ entity_id: id, project_id: state.values.project_id, ...(tasks.length > 0 ? { tasks } : {}) })]),
});

const remove = (context: Context, { id, kind, project_id }: Omit<Doomed, 'tasks' | 'children'>) => context.run(removeEntity, { id, kind, project_id }, `remove ${id}`);

/** Removes an entity with everything below it: an episode's sequences and edits, a sequence's shots and scenes. Assets of an episode stay. */
export const removeWhole = async (context: Context, doomed: Omit<Doomed, 'tasks' | 'children'>): Promise<void> => {
  const children = await context.db.all<Doomed>(sql`select id, kind, project_id from entity where parent_id = ${doomed.id} order by log_position`);
  for (const child of children) await removeWhole(context, child);
  const kept = await context.db.all<{ id: string }>(sql`select id from entity where source_id = ${doomed.id}`);
  for (const { id } of kept) await context.run(setEntity, { id, changes: { source_id: null } }, `keep ${id}`);
  await remove(context, doomed);
};

const isBranch = (kind: Kind) => kind === 'sequence' || kind === 'episode';

/** Without force, what work was done on is canceled, not lost; what has children is refused. */
const removeOrCancel = async (context: Context, doomed: Doomed, force: boolean): Promise<void> => {
  if (!force && isBranch(doomed.kind) && doomed.children) throw new Invalid(`Other things still belong to this ${doomed.kind}. Delete them first, or force it.`);
  if (force || isBranch(doomed.kind)) await removeWhole(context, doomed);
  else if (doomed.tasks || doomed.kind === 'scene') await context.run(setEntity, { id: doomed.id, changes: { canceled: true } }, `cancel ${doomed.id}`);
  else await remove(context, doomed);
};

type Order = { doomed: Doomed; force: boolean };
const Given = z.object({ id: z.unknown().optional(), force: z.boolean().default(false) });

const deletion = (kind: Kind) => spanning({
  subject: `cmd.breakdown.delete-${kind}`, schema: Given, resumable: true,
  access: to.teamManagers, policy: (caller, { doomed }: Order) => mayManage(caller, doomed.project_id),
  prepare: async (given, context): Promise<Order> => {
    const id = theId(given.id, kind);
    const doomed = await find(id, context);
    if (!doomed || doomed.kind !== kind) throw new NotFound(kind, id);
    mayManage(context.caller, doomed.project_id);
    return { doomed, force: given.force };
  },
  handle: ({ doomed, force }, context) => removeOrCancel(context, doomed, force),
});

/**
 * Deletes an entity of a kind. Without `force` shots, assets, edits and concepts with tasks, and scenes, are canceled instead.
 * @throws Invalid (400) without force for a sequence with shots or an episode with sequences.
 */
export const deleteEntityOf: Record<Kind, ReturnType<typeof deletion>> = {
  asset: deletion('asset'), shot: deletion('shot'), sequence: deletion('sequence'), episode: deletion('episode'), scene: deletion('scene'), edit: deletion('edit'), concept: deletion('concept'),
};

/** Deletes an entity of any kind. @throws Invalid (400) without force for one with tasks or children. */
export const deleteEntity = spanning({
  subject: 'cmd.breakdown.delete-entity', schema: Given, resumable: true,
  access: to.teamManagers, policy: (caller, { doomed }: Order) => mayManage(caller, doomed.project_id),
  prepare: async (given, context): Promise<Order> => {
    if (!isId(given.id)) throw new Invalid(`"${String(given.id).slice(0, 60)}" is no id.`);
    const doomed = await find(given.id.toLowerCase(), context);
    if (!doomed) throw new NotFound('entity', given.id);
    mayManage(context.caller, doomed.project_id);
    if (!given.force && (doomed.tasks || doomed.children)) throw new Invalid('Tasks or other things still belong to this entity.');
    return { doomed, force: true };
  },
  handle: ({ doomed }, context) => removeWhole(context, doomed),
});

/**
 * Deletes several entities of a production as their own routes would. Ids that the production does not have are left out of the answer.
 * @throws Invalid (400), before anything is deleted, without force for a sequence or episode with children.
 */
export const deleteEntities = spanning({
  subject: 'cmd.breakdown.delete-entities', schema: z.object({ project_id: z.unknown().optional(), ids: z.array(z.unknown(), { error: 'A list of ids is wanted.' }), force: z.boolean().default(false) }), resumable: true,
  access: to.teamManagers.of('project_id'),
  prepare: async (given, context) => {
    const project_id = theId(given.project_id, 'production');
    if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
    mayManage(context.caller, project_id);
    const found: Doomed[] = [];
    for (const id of new Set(given.ids)) {
      const doomed = isId(id) ? await find(id.toLowerCase(), context) : null;
      if (doomed?.project_id === project_id) found.push(doomed);
    }
    const whole = new Set(found.map((d) => d.id));
    for (const d of found) {
      if (given.force || !isBranch(d.kind) || !d.children) continue;
      const left = await context.db.one(sql`select 1 from entity where parent_id = ${d.id} and id <> all(${`{${[...whole].join(',')}}`}::uuid[])`);
      if (left) throw new Invalid(`Other things still belong to the ${d.kind} ${d.id}. Delete them first, or force it.`);
    }
    return { project_id, doomed: found, force: given.force };
  },
  handle: async ({ doomed, force }, context) => {
    const branches = ['shot', 'asset', 'scene', 'edit', 'concept', 'sequence', 'episode'];
    for (const d of [...doomed].sort((a, b) => branches.indexOf(a.kind) - branches.indexOf(b.kind))) await removeOrCancel(context, isBranch(d.kind) ? { ...d, children: false } : d, force);
    return doomed.map((d) => d.id);
  },
});
