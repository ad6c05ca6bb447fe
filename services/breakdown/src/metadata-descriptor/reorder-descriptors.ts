import { Invalid, rendered, selectList, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { idsOf, openForChange } from '../project/project.steps.ts';
import { checkEntityType, descriptorShape } from './metadata-descriptor.ts';
import { updateDescriptor } from './update-descriptor.ts';

/** Descriptors by id, in the order of their positions, as answers show them. */
export const shownDescriptors = async (context: Context, ids: readonly string[]): Promise<any[]> =>
  JSON.parse((await rendered(context.db, sql`select ${selectList(descriptorShape, context.caller, true)} from metadata_descriptor t
    where t.id = any(${`{${ids.join(',')}}`}::uuid[]) order by t.position nulls last, t.log_position`)).text);

/** Orders the fields of one kind of thing in a production, from 1. @throws Invalid (400) for an id that is none of them. */
export const reorderDescriptors = spanning({
  subject: 'cmd.breakdown.reorder-metadata-descriptors',
  schema: z.object({ project_id: z.string(), entity_type: z.string({ error: 'entity_type is needed.' }), descriptor_ids: z.array(z.string(), { error: 'descriptor_ids is a list of ids.' }).min(1, 'descriptor_ids holds no id.') }),
  access: to.teamManagers.of('project_id'),
  prepare: async (given, context) => {
    const project_id = await openForChange(given.project_id, context);
    checkEntityType(given.entity_type);
    const descriptor_ids = idsOf(given.descriptor_ids, 'descriptor_ids');
    const rows = await context.db.all<{ id: string }>(sql`select id from metadata_descriptor where project_id = ${project_id} and entity_type = ${given.entity_type}`);
    for (const id of descriptor_ids) if (!rows.some((row) => row.id === id)) throw new Invalid(`${id} is no field of ${given.entity_type} in this production.`);
    return { project_id, entity_type: given.entity_type, descriptor_ids };
  },
  handle: async ({ descriptor_ids }, context) => {
    for (const [i, id] of descriptor_ids.entries()) await context.run(updateDescriptor, { id, changes: { position: i + 1 } }, id);
  },
  resumable: true,
  answer: (c, context) => shownDescriptors(context, c.descriptor_ids),
});
