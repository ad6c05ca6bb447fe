import { allow, bodySchema, command, Invalid, isId, NotFound, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { entityEvents, entityFields, type Kind } from './entity.events.ts';
import { mayLink, mayManage, mayUpdate } from './entity.policy.ts';
import { answerOf, genericAnswer } from './entity.queries.ts';
import { entityClaims, entityState, type EntityState } from './entity.state.ts';
import { needObject, theId } from './create-entity.ts';
import { entityStream, kindOfType, RULES } from './kinds.ts';

type Change = { id: string; kind: Kind; project_id: string; changes: Record<string, any>; merge: boolean };

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What really changes; `data` is merged into what is there or replaces it. A preview may have been set from outside, so it always counts. */
const decide = ({ id, kind, project_id, changes, merge }: Change, state: EntityState) => {
  if (state === null) throw new NotFound(kind, id);
  const wanted = changes.data && merge ? { ...changes, data: { ...state.values.data, ...changes.data } } : changes;
  const changed = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => name === 'preview_file_id' || !same(state.values[name], value)));
  if (Object.keys(changed).length === 0) return [];
  const left = kind === 'shot' && 'source_id' in changed ? state.values.source_id ?? null : null;
  return [entityEvents[kind].updated({ entity_id: id, project_id, changes: changed, ...(left ? { left_scene_id: left } : {}) })];
};

const parts = {
  state: entityState, decide, claims: entityClaims, stream: (c: Change) => entityStream(c.kind, c.id),
  taken: (_: unknown, __: unknown, c: Change) => new Invalid(`There is a ${c.kind} "${c.changes.name}" there already.`),
};

const Body = bodySchema(entityFields);
const FIXED = new Set(['project_id', 'created_by', 'nb_entities_out']);

/** The fields of a body that may change, checked. @throws Invalid (400). */
const allowed = (body: unknown): Record<string, any> => {
  const parsed = Body.safeParse(body ?? {});
  if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
  const changes = Object.fromEntries(Object.entries(parsed.data).filter(([name, value]) => value !== undefined && !FIXED.has(name)));
  if ('name' in changes && (changes.name === null || String(changes.name).trim() === '')) throw new Invalid('name is needed.');
  for (const name of ['data', 'status', 'entity_type_id', 'canceled', 'is_shared', 'is_casting_standby']) if (changes[name] === null) delete changes[name];
  needObject(changes.data);
  return changes;
};

const checkReferences = async (changes: Record<string, any>, kind: Kind, project_id: string, context: Context): Promise<void> => {
  const { parent } = RULES[kind];
  const above = { parent_id: parent?.column === 'parent_id' ? parent.kind : null, source_id: kind === 'shot' ? 'scene' : parent?.column === 'source_id' ? parent.kind : null };
  for (const [column, wanted] of Object.entries(above)) {
    if (!changes[column]) continue;
    const row = await context.db.one(sql`select kind from entity where id = ${changes[column]} and project_id = ${project_id}`);
    if (!row || row.kind !== wanted) throw new Invalid(`${column} of a ${kind} cannot be ${changes[column]}.`);
  }
  if (changes.entity_type_id && (kindOfType(changes.entity_type_id) !== kind || !(await context.db.one(sql`select 1 from entity_type where id = ${changes.entity_type_id}`)))) {
    throw new Invalid(`A ${kind} cannot have the entity type ${changes.entity_type_id}.`);
  }
  if (changes.entity_concept_links) {
    const rows = await context.db.all(sql`select id from entity where id = any(${`{${changes.entity_concept_links.join(',')}}`}::uuid[])`);
    changes.entity_concept_links = changes.entity_concept_links.filter((id: string) => rows.some((r) => r.id === id));
  }
};

const find = async (id: string, kind: Kind | null, context: Context): Promise<{ kind: Kind; project_id: string }> => {
  const row = await context.db.one<{ kind: Kind; project_id: string }>(sql`select kind, project_id from entity where id = ${id}`);
  if (!row || (kind !== null && row.kind !== kind)) throw new NotFound(kind ?? 'entity', id);
  return row;
};

/** Supervisors with departments change what fields of these departments hold, and nothing else of an entity's `data`. */
const checkFields = async ({ caller, db }: Context, kind: Kind, project_id: string, data: object): Promise<void> => {
  if (caller.manages(project_id) || caller.departments.length === 0) return;
  const rows = await db.all<{ field_name: string }>(sql`select field_name from metadata_descriptor where project_id = ${project_id} and lower(entity_type) = ${kind} and departments && ${`{${caller.departments.join(',')}}`}::uuid[]`);
  allow(Object.keys(data).every((name) => rows.some((row) => row.field_name === name)));
};

const prepared = async (id: string, of: Kind | null, body: unknown, merge: boolean, context: Context): Promise<Change> => {
  const { kind, project_id } = await find(id, of, context);
  const known = new Set(Object.keys(entityFields));
  mayUpdate(context.caller, project_id, Object.fromEntries(Object.entries((body ?? {}) as object).filter(([name]) => known.has(name) && !FIXED.has(name))));
  const changes = allowed(body);
  if (changes.data) await checkFields(context, kind, project_id, changes.data);
  await checkReferences(changes, kind, project_id, context);
  return { id, kind, project_id, changes, merge };
};

/** Changes an entity; `data` is merged into what is there. A malformed id is 400. */
export const updateEntity = command({
  ...parts, subject: 'cmd.breakdown.update-entity', schema: z.object({ id: z.string(), changes: z.unknown().optional() }),
  access: to.teamManagers.but({ supervisor: 'filtered' }), policy: (caller, c: Change) => mayUpdate(caller, c.project_id, c.changes),
  prepare: ({ id, changes }, context) => {
    if (!isId(id)) throw new Invalid(`"${id.slice(0, 60)}" is no id.`);
    return prepared(id.toLowerCase(), null, changes, true, context);
  },
  answer: (c, { db, caller }) => genericAnswer(db, caller, c.id),
});

/** Changes a shot; `data` replaces what is there. */
export const updateShot = command({
  ...parts, subject: 'cmd.breakdown.update-shot', schema: z.object({ id: z.string(), changes: z.unknown().optional() }),
  access: to.teamManagers.of('project_id'), policy: (caller, c: Change) => mayManage(caller, c.project_id),
  prepare: async ({ id, changes }, context) => {
    const shot = await find(theId(id, 'shot'), 'shot', context);
    mayManage(context.caller, shot.project_id);
    return prepared(theId(id, 'shot'), 'shot', changes, false, context);
  },
  answer: (c, { db }) => answerOf(db, c.id, 'shot', 'Entity'),
});

/** A step of other commands, which have asked their own policy: sets fields as they are. */
export const setEntity = command({
  ...parts, subject: 'cmd.breakdown.set-entity', schema: z.object({ id: z.guid(), changes: Body, merge: z.boolean().default(true) }),
  access: to.teamManagers.of('project_id'),
  prepare: async ({ id, changes, merge }, context) => (needObject(changes.data), { id, ...(await find(id, null, context)), changes: Object.fromEntries(Object.entries(changes).filter(([name, v]) => v !== undefined && !FIXED.has(name))), merge }),
});

const linked = (param: 'shot_id' | 'gone_shot_id') => async (given: Record<string, unknown>, context: Context): Promise<Change> => {
  const scene_id = theId(given.scene_id, 'scene');
  const scene = await find(scene_id, 'scene', context);
  mayLink(context.caller, scene.project_id);
  const id = theId(given.shot_id, 'shot');
  const shot = await context.db.one(sql`select source_id from entity where id = ${id} and kind = 'shot' and project_id = ${scene.project_id}`);
  if (!shot || (param === 'gone_shot_id' && shot.source_id !== scene_id)) throw new NotFound('shot', id);
  return { id, kind: 'shot', project_id: scene.project_id, changes: { source_id: param === 'shot_id' ? scene_id : null }, merge: true };
};
const Linked = z.object({ scene_id: z.unknown().optional(), shot_id: z.unknown().optional() });

/** Says that a shot was made of a scene. */
export const addShotToScene = command({ ...parts, subject: 'cmd.breakdown.add-shot-to-scene', schema: Linked, access: to.teamStaff.of('project_id'),
  prepare: linked('shot_id'), answer: (c, { db }) => answerOf(db, c.id, 'shot', 'Entity') });
/** Takes a shot out of a scene. @throws NotFound (404) when it is not there. */
export const removeShotFromScene = command({ ...parts, subject: 'cmd.breakdown.remove-shot-from-scene', schema: Linked, access: to.teamStaff.of('project_id'),
  prepare: linked('gone_shot_id') });
