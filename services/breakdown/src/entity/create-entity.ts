import { bodySchema, command, givenTime, Invalid, isId, NotFound, sql, textArray, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { entityEvents, entityFields, type Kind } from './entity.events.ts';
import { mayCreate } from './entity.policy.ts';
import { answerOf, genericAnswer } from './entity.queries.ts';
import { entityClaims, entityState, type EntityState } from './entity.state.ts';
import { entityStream, kindOfType, ofStream, RULES, typeOfKind } from './kinds.ts';

/** A new entity as it goes into its event. `episode_id` is only told to subscribers; `created_at` is when it was made elsewhere, `twin` that it may have the name of another. */
export type NewEntity = { id: string; kind: Kind; values: Record<string, any> & { project_id: string }; episode_id: string | null; created_at?: string | null; twin?: boolean };

const decide = ({ id, kind, values, episode_id, created_at, twin }: NewEntity, state: EntityState) =>
  (state === null ? [entityEvents[kind].created({ ...values, entity_id: id, project_id: values.project_id, episode_id, ...(created_at ? { created_at } : {}), ...(twin ? { twin } : {}) })] : []);
const stream = ({ kind, id }: NewEntity) => entityStream(kind, id);
const instead = (_: unknown, holder: string, c: NewEntity) => ({ instead: { ...c, id: ofStream(holder).id } });

/** The values of a new entity: what is not given takes its default. */
export const complete = (given: Record<string, any>): Record<string, any> =>
  Object.fromEntries(Object.entries(entityFields).map(([name, field]) => [name, given[name] ?? ('default' in field ? field.default : null) ?? null]));

/** @throws Invalid (400) for data that is no object of values by name. */
export const needObject = (data: unknown): void => {
  if (data !== null && data !== undefined && (typeof data !== 'object' || Array.isArray(data))) throw new Invalid('data must be an object.');
};

/** An id of a path. @throws NotFound (404) for what is none. */
export const theId = (value: unknown, what: string): string => {
  if (!isId(value)) throw new NotFound(what);
  return value.toLowerCase();
};

const needName = (name: unknown): void => {
  if (typeof name !== 'string' || name.trim() === '') throw new Invalid('name is needed.', { data: { errors: [{ field: 'name', message: 'needed' }] } });
};

type Known = { project: boolean; parent_kind: string | null; parent_parent_id: string | null; asset_type: boolean };
/** What the decision needs of the read model, in one question. */
const known = (context: Context, project_id: string, parent_id: string | null, entity_type_id: string | null): Promise<Known> => context.db.one<Known>(sql`select
  exists (select 1 from project where id = ${project_id}) as project, e.kind as parent_kind, e.parent_id as parent_parent_id, exists (select 1 from entity_type where id = ${entity_type_id}) as asset_type
  from (select 1) one left join entity e on e.id = ${parent_id} and e.project_id = ${project_id}`) as Promise<Known>;

const { name, code, description, nb_frames, data, is_shared, is_casting_standby, shotgun_id } = entityFields;
const Body = bodySchema({ name, code, description, nb_frames, data, is_shared, is_casting_standby, shotgun_id, sequence_id: { kind: 'uuid' }, episode_id: { kind: 'uuid' } });
// Status is taken where it is one of the four and ignored otherwise. Links of a concept are whole entities here, ids in PUT /data/entities.
const Given = Body.extend({ project_id: z.unknown().optional(), asset_type_id: z.unknown().optional(), status: z.unknown().optional(), parent_id: z.unknown().optional(),
  entity_concept_links: z.array(z.object({ id: z.guid() }, { error: 'A link is an object with an id; PUT /data/entities takes ids.' })).nullish() });

/** The id of the parent that a body names. Edits are also told theirs as `parent_id`: so does gazu. */
const parentOf = (kind: Kind, given: Record<string, any>): string | null => {
  const { parent } = RULES[kind];
  const named = parent === null ? null : given[parent.key] ?? null;
  return named ?? (kind === 'edit' && isId(given.parent_id) ? given.parent_id.toLowerCase() : null);
};

/** The ids of the entities that a concept is drawn for, as far as there are such. */
const linkedIds = async (context: Context, links: { id: string }[] | null | undefined): Promise<string[]> =>
  (links?.length ? (await context.db.all<{ id: string }>(sql`select id from entity where id = any(${textArray(links.map((l) => l.id.toLowerCase()))}::uuid[])`)).map((r) => r.id) : []);

const create = (kind: Kind) => {
  const rules = RULES[kind];
  return command({
    subject: `cmd.breakdown.create-${kind}`, schema: Given, state: entityState, creates: true, stream, decide, claims: entityClaims, taken: instead,
    access: kind === 'concept' ? to.teamStaff : to.teamManagers, policy: (caller, c: NewEntity) => mayCreate(caller, c.values.project_id, kind),
    prepare: async (given: Record<string, any>, context): Promise<NewEntity> => {
      const project_id = theId(given.project_id, 'production');
      const parent_id = parentOf(kind, given);
      const entity_type_id = typeOfKind(kind) ?? theId(given.asset_type_id, 'asset type');
      const found = await known(context, project_id, parent_id, entity_type_id);
      if (!found.project) throw new NotFound('production', project_id);
      mayCreate(context.caller, project_id, kind);
      needName(given.name);
      needObject(given.data);
      if (parent_id !== null && found.parent_kind !== rules.parent!.kind) throw new NotFound(rules.parent!.kind, parent_id);
      if (kind === 'asset' && (!found.asset_type || kindOfType(entity_type_id) !== 'asset')) throw new NotFound('asset type', entity_type_id);
      const status = (entityFields.status.choices as readonly unknown[]).includes(given.status) ? given.status : null;
      const values = complete({ ...given, parent_id: null, source_id: null, status, project_id, entity_type_id, data: given.data ?? {}, description: given.description ?? rules.description, created_by: context.moment.actor,
        entity_concept_links: kind === 'concept' ? await linkedIds(context, given.entity_concept_links) : [], ...(rules.parent ? { [rules.parent.column]: parent_id } : {}) });
      return { id: context.moment.id(), kind, values: values as NewEntity['values'], episode_id: rules.parent?.kind === 'episode' ? parent_id : found.parent_parent_id };
    },
    answer: (c, { db }) => answerOf(db, c.id, kind),
  });
};

/**
 * Creates an entity of a kind in a production. A name that its production and parent have already answers the one that is there.
 * @throws NotFound (404) for an unknown production, parent or asset type, Invalid (400) without a name.
 */
export const createEntity: Record<Kind, ReturnType<typeof create>> = {
  asset: create('asset'), shot: create('shot'), sequence: create('sequence'), episode: create('episode'), scene: create('scene'), edit: create('edit'), concept: create('concept'),
};

/**
 * Puts an entity in as its values say, for the generic route and for imports, which bring their own ids.
 * @throws Invalid (400) for an unknown type or parent, or a name that is taken.
 */
export const createPlainEntity = command({
  subject: 'cmd.breakdown.create-entity', schema: bodySchema(entityFields).extend({ id: z.guid().optional(), created_at: z.unknown().optional(), twin: z.boolean().optional() }), state: entityState, creates: true, stream, decide, claims: entityClaims,
  taken: (_, __, c: NewEntity) => new Invalid(`There is a ${c.kind} "${c.values.name}" there already.`),
  access: to.teamManagers, policy: (caller, c: NewEntity) => mayCreate(caller, c.values.project_id, c.kind),
  prepare: async (given: Record<string, any>, context): Promise<NewEntity> => {
    if (!given.project_id || !given.entity_type_id) throw new Invalid('project_id and entity_type_id are needed.');
    const kind = kindOfType(given.entity_type_id);
    mayCreate(context.caller, given.project_id, kind);
    needName(given.name);
    needObject(given.data);
    const found = await known(context, given.project_id, given.parent_id ?? null, given.entity_type_id);
    if (!found.project || !found.asset_type) throw new Invalid('There is no such production or entity type.');
    if (given.parent_id && (RULES[kind].parent?.column !== 'parent_id' || found.parent_kind !== RULES[kind].parent.kind)) throw new Invalid(`A ${kind} cannot stand below ${given.parent_id}.`);
    // A repeated import that brings its own id meets the entity again.
    return { id: given.id?.toLowerCase() ?? context.moment.id(), kind, created_at: context.caller.isSystem ? givenTime(given.created_at) : null, twin: context.caller.isSystem && given.twin === true, episode_id: RULES[kind].parent?.kind === 'episode' ? given.parent_id ?? null : found.parent_parent_id,
      values: complete({ ...given, created_by: context.caller.isSystem ? given.created_by : context.moment.actor, nb_entities_out: context.caller.isSystem ? given.nb_entities_out : 0, entity_concept_links: [] }) as NewEntity['values'] };
  },
  answer: async (c, { db, caller }) => ({ ...(await genericAnswer(db, caller, c.id)), type: 'Entity' }),
});
