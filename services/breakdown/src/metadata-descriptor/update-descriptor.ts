import { bodySchema, command, Forbidden, Invalid, isId, NotFound, oneText, only, sql, to, type Caller, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import {
  checkDataType, checkEntityType, checkTaskType, descriptorClaims, descriptorEvents, descriptorFields, descriptorShape, descriptorState, descriptorStream, fieldName, MetadataFieldMoved, type Descriptor,
} from './metadata-descriptor.ts';

const Body = bodySchema(descriptorFields).partial();
type Change = { id: string; plain: boolean; changes: Partial<Descriptor> };

const may = (caller: Caller, plain: boolean, project_id: string): void => (plain ? only.admin(caller) : only.teamManager(caller, project_id));
const there = (state: Descriptor | null, id: string): Descriptor => {
  if (state === null) throw new NotFound('metadata descriptor', id);
  return state;
};

const fieldMoved = (metadata_descriptor_id: string, { project_id, entity_type, task_type_id, field_name }: Descriptor, to: string | null) =>
  MetadataFieldMoved({ metadata_descriptor_id, project_id, entity_type, task_type_id, from: field_name, to });

/** The row of a descriptor, of the production named by the path where there is one. `malformed` is the status for what is no id. */
export const descriptorRow = async (context: Context, id: string, project_id?: string, malformed: 400 | 404 = 404): Promise<Descriptor & { id: string }> => {
  const lower = id.toLowerCase();
  if (!isId(id)) throw malformed === 400 ? new Invalid(`"${lower.slice(0, 60)}" is no id.`) : new NotFound('metadata descriptor');
  const row = await context.db.one<Descriptor & { id: string }>(sql`select * from metadata_descriptor where id = ${lower}`);
  if (!row || (project_id !== undefined && row.project_id !== project_id.toLowerCase())) throw new NotFound('metadata descriptor', lower);
  return row;
};

const checked = (changes: Partial<Descriptor>, row: Descriptor, plain: boolean): Partial<Descriptor> => {
  if ('name' in changes && !changes.name) throw new Invalid('name is needed.');
  if (changes.entity_type !== undefined && !plain) checkEntityType(changes.entity_type);
  if (changes.data_type != null) checkDataType(changes.data_type);
  if (changes.choices != null && !Array.isArray(changes.choices)) throw new Invalid('choices is a list.');
  checkTaskType(changes.entity_type ?? row.entity_type, changes.task_type_id === undefined ? row.task_type_id : changes.task_type_id);
  if (plain || !changes.name) return changes;
  const field_name = fieldName(changes.name);
  if (!field_name) throw new Invalid('The name of a field holds a letter or a digit.');
  return { ...changes, field_name };
};

/** Changes a field. Another name moves the values of the entities to another key, unless the generic route is used (`plain`). */
export const updateDescriptor = command({
  subject: 'cmd.breakdown.update-metadata-descriptor', schema: z.object({ id: z.string(), project_id: z.string().optional(), changes: z.unknown(), plain: z.boolean().optional() }),
  state: descriptorState, claims: descriptorClaims,
  access: to.teamManagers, policy: (caller, c: Change, state: Descriptor | null) => may(caller, c.plain, there(state, c.id).project_id),
  prepare: async (given, context: Context): Promise<Change> => {
    const plain = given.plain ?? false;
    const row = await descriptorRow(context, given.id, given.project_id, plain ? 400 : 404);
    may(context.caller, plain, row.project_id);
    const parsed = Body.safeParse(given.changes ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const { project_id: _, field_name, ...rest } = parsed.data as Partial<Descriptor>;
    const wanted = Object.fromEntries(Object.entries({ ...rest, ...(plain && field_name ? { field_name } : {}) }).filter(([, v]) => v !== undefined)) as Partial<Descriptor>;
    return { id: row.id, plain, changes: checked(wanted, row, plain) };
  },
  stream: (c) => descriptorStream(c.id),
  decide: (c: Change, state) => {
    const now = there(state, c.id);
    const changes = Object.fromEntries(Object.entries(c.changes).filter(([name, value]) => JSON.stringify(now[name as keyof Descriptor] ?? null) !== JSON.stringify(value ?? null)));
    if (Object.keys(changes).length === 0) return [];
    const to = c.plain ? undefined : (changes.field_name as string | undefined);
    return [descriptorEvents.updated({ metadata_descriptor_id: c.id, project_id: now.project_id, changes }), ...(to === undefined ? [] : [fieldMoved(c.id, now, to)])];
  },
  taken: () => new Invalid('There is a field of this name already.'),
  answer: async (c, { db, caller }) => JSON.parse((await oneText(db, descriptorShape, caller, sql`t.id = ${c.id}`, true)) ?? 'null'),
});

/** Takes a field away, and its values from the entities. */
export const removeDescriptor = command({
  subject: 'cmd.breakdown.delete-metadata-descriptor', schema: z.object({ id: z.string(), project_id: z.string().optional(), plain: z.boolean().optional() }), state: descriptorState, claims: descriptorClaims,
  access: to.teamManagers, policy: (caller, c: { id: string; plain: boolean }, state: Descriptor | null) => may(caller, c.plain, there(state, c.id).project_id),
  prepare: async (given, context: Context) => {
    const plain = given.plain ?? false;
    const row = await descriptorRow(context, given.id, given.project_id, plain ? 400 : 404);
    may(context.caller, plain, row.project_id);
    return { id: row.id, plain };
  },
  stream: (c) => descriptorStream(c.id),
  decide: (c, state) => {
    const now = there(state, c.id);
    return [descriptorEvents.deleted({ metadata_descriptor_id: c.id, project_id: now.project_id }), fieldMoved(c.id, now, null)];
  },
});

/** Refuses a field that is not meant for the caller. */
export const maySeeField = (caller: Caller, row: Descriptor): void => {
  only.team(caller, row.project_id);
  if (caller.roleIn(row.project_id) === 'client' && !row.for_client) throw new Forbidden();
};
