import { only, ownProductions, raw, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { checkDataType, checkEntityType, checkTaskType, fieldName } from './metadata-descriptor.ts';
import { createDescriptor } from './create-descriptor.ts';
import { shownDescriptors } from './reorder-descriptors.ts';
import { removeDescriptor, updateDescriptor } from './update-descriptor.ts';

/** Open productions that the caller manages. */
const managed = async (context: Context): Promise<string[]> => {
  const rows = await context.db.all<{ id: string }>(sql`select t.id from project t join project_status s on s.id = t.project_status_id
    where lower(s.name) = 'open' and ${ownProductions(context.caller, 't.id') ?? raw('true')} order by t.log_position`);
  return rows.map((row) => row.id).filter((id) => context.caller.manages(id));
};
type Found = { id: string; project_id: string; field_name: string };
const fieldsNamed = async (context: Context, entity_type: string, names: readonly string[]): Promise<Found[]> =>
  context.db.all<Found>(sql`select id, project_id, field_name from metadata_descriptor where entity_type = ${entity_type}
    and field_name = any(${`{${names.map((n) => JSON.stringify(n)).join(',')}}`}::text[]) and project_id = any(${`{${(await managed(context)).join(',')}}`}::uuid[]) order by log_position`);

const name = z.string({ error: 'name is needed.' }).min(1, 'name is needed.').max(120);
const Extras = { data_type: z.string().optional(), choices: z.array(z.unknown(), { error: 'choices is a list.' }).optional(), for_client: z.boolean().optional(), departments: z.array(z.string()).optional() };
const checks = ({ data_type, entity_type }: { data_type?: string | undefined; entity_type: string }) => {
  checkEntityType(entity_type);
  if (entity_type === 'Task') checkTaskType(entity_type, null);
  if (data_type !== undefined) checkDataType(data_type);
};

/** The same new field in every open production that the caller manages; one that has it keeps its own. Answers the new ones. */
export const createEverywhere = spanning({
  subject: 'cmd.breakdown.create-metadata-descriptor-everywhere', schema: z.object({ entity_type: z.string().default('Asset'), name, ...Extras }), access: to.managers, resumable: true,
  prepare: (given, context) => {
    only.manager(context.caller);
    checks(given);
    return given;
  },
  handle: async (c, context) => {
    const has = new Set((await fieldsNamed(context, c.entity_type, [fieldName(c.name)])).map((row) => row.project_id));
    const made: string[] = [];
    for (const project_id of await managed(context)) {
      if (!has.has(project_id)) made.push(((await context.run(createDescriptor, { ...c, project_id }, project_id)) as { metadata_descriptor_id: string }).metadata_descriptor_id);
    }
    await context.settled();
    return shownDescriptors(context, made);
  },
});

/** Changes the fields of one key in every open production that the caller manages. */
export const updateEverywhere = spanning({
  subject: 'cmd.breakdown.update-metadata-descriptor-everywhere', schema: z.object({ field_name: z.string(), entity_type: z.string({ error: 'entity_type is needed.' }), name: name.optional(), ...Extras }), resumable: true,
  access: to.managers,
  prepare: (given, context) => {
    only.manager(context.caller);
    checks(given);
    return given;
  },
  handle: async ({ field_name, entity_type, ...changes }, context) => {
    const found = await fieldsNamed(context, entity_type, [field_name]);
    for (const { id } of found) await context.run(updateDescriptor, { id, changes }, id);
    await context.settled();
    return shownDescriptors(context, found.map((row) => row.id));
  },
});

/** Takes the fields of one key out of every open production that the caller manages. Answers the ids of what is gone. */
export const removeEverywhere = spanning({
  subject: 'cmd.breakdown.delete-metadata-descriptor-everywhere', schema: z.object({ field_name: z.string(), entity_type: z.unknown() }), access: to.managers, resumable: true,
  prepare: ({ field_name, entity_type }, context) => {
    only.manager(context.caller);
    return { field_name, entity_type: checkEntityType(entity_type) };
  },
  handle: async ({ field_name, entity_type }: { field_name: string; entity_type: string }, context) => {
    const found = await fieldsNamed(context, entity_type, [field_name]);
    for (const { id } of found) await context.run(removeDescriptor, { id }, id);
    return found.map((row) => row.id);
  },
});

/** Orders the fields of one kind of thing by their keys in every open production that the caller manages, from 1. */
export const reorderEverywhere = spanning({
  subject: 'cmd.breakdown.reorder-metadata-descriptors-everywhere', access: to.managers, resumable: true,
  schema: z.object({ entity_type: z.string({ error: 'entity_type is needed.' }), field_order: z.array(z.string(), { error: 'field_order is a list of keys.' }) }),
  prepare: (given, context) => {
    only.manager(context.caller);
    checkEntityType(given.entity_type);
    return given;
  },
  handle: async ({ entity_type, field_order }, context) => {
    const found = await fieldsNamed(context, entity_type, field_order);
    for (const { id, field_name } of found) await context.run(updateDescriptor, { id, changes: { position: field_order.indexOf(field_name) + 1 } }, id);
    await context.settled();
    return shownDescriptors(context, found.map((row) => row.id));
  },
});
