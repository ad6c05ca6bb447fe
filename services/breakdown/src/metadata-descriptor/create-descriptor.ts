import { command, fieldSchema, Invalid, oneText, only, sql, to, type Caller, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject } from '../project/project.queries.ts';
import { known } from '../project/project.steps.ts';
import {
  checkDataType, checkEntityType, checkTaskType, descriptorClaims, descriptorEvents, descriptorFields, descriptorShape, descriptorState, descriptorStream, fieldName, type Descriptor,
} from './metadata-descriptor.ts';

const field = (name: keyof typeof descriptorFields) => fieldSchema(name, descriptorFields[name]) as z.ZodType<any>;
/** What a field is made of. `plain`: the generic route and imports, on which admins say everything themselves, the id too. */
const Body = z.object({
  project_id: z.string({ error: 'project_id is needed.' }), entity_type: z.string().optional(), task_type_id: field('task_type_id').optional(), name: z.string({ error: 'name is needed.' }).min(1, 'name is needed.').max(120),
  data_type: z.string().nullable().optional(), field_name: z.string().min(1).max(120).optional(), choices: z.array(z.unknown(), { error: 'choices is a list.' }).nullable().optional(), for_client: field('for_client').optional(),
  departments: field('departments').optional(), position: field('position').optional(), plain: z.boolean().optional(), metadata_descriptor_id: z.guid().optional(),
});
type CreateDescriptor = Descriptor & { metadata_descriptor_id: string; plain: boolean };

const may = (caller: Caller, c: { project_id: string; plain?: boolean | undefined }): void => (c.plain ? only.admin(caller) : only.teamManager(caller, c.project_id));

const departmentsOf = async (context: Context, given: string[] | null | undefined): Promise<string[]> => {
  const rows = await context.db.all<{ id: string }>(sql`select id from department where id = any(${`{${(given ?? []).join(',')}}`}::uuid[])`);
  // Departments that are gone are passed over, as clients send back what they read.
  return (given ?? []).filter((id) => rows.some((row) => row.id === id));
};

/** Gives entities of a production a field of the studio's own. @throws Invalid (400) for a name that is taken. */
export const createDescriptor = command({
  subject: 'cmd.breakdown.create-metadata-descriptor', schema: Body, state: descriptorState, creates: true, access: to.teamManagers, policy: may, claims: descriptorClaims,
  prepare: async (given, context: Context): Promise<CreateDescriptor> => {
    if (given.plain) only.admin(context.caller);
    const project_id = await known(context, 'project', 'project', given.project_id);
    may(context.caller, { project_id, plain: given.plain });
    await existingProject(context.db, project_id);
    const entity_type = given.plain ? (given.entity_type ?? 'Asset') : checkEntityType(given.entity_type ?? 'Asset');
    const data_type = given.data_type ?? (given.plain ? null : 'string');
    if (data_type !== null) checkDataType(data_type);
    checkTaskType(entity_type, given.task_type_id);
    if (given.task_type_id) await known(context, 'task_type', 'task type', given.task_type_id);
    if (given.plain && !given.field_name) throw new Invalid('field_name is needed.');
    const field_name = given.plain ? given.field_name! : fieldName(given.name);
    if (!field_name) throw new Invalid('The name of a field holds a letter or a digit.');
    return { metadata_descriptor_id: given.metadata_descriptor_id ?? context.moment.id(), plain: given.plain ?? false, project_id, entity_type, task_type_id: given.task_type_id ?? null, name: given.name, data_type, field_name,
      choices: given.choices ?? (given.plain ? null : []), for_client: given.for_client ?? false, position: given.position ?? null, departments: await departmentsOf(context, given.departments) };
  },
  stream: (c) => descriptorStream(c.metadata_descriptor_id),
  decide: ({ plain: _, ...c }: CreateDescriptor, state) => (state === null ? [descriptorEvents.created(c)] : []),
  taken: () => new Invalid('There is a field of this name already.'),
  answer: async (c, { db, caller }) => JSON.parse((await oneText(db, descriptorShape, caller, sql`t.id = ${c.metadata_descriptor_id}`, true))!),
});
