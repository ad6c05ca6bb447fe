import { bodySchema, Invalid, isId, rendered, route, selectList, spanning, sql, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { createDescriptor } from '../metadata-descriptor/create-descriptor.ts';
import { descriptorFields, descriptorShape } from '../metadata-descriptor/metadata-descriptor.ts';
import { updateDescriptor } from '../metadata-descriptor/update-descriptor.ts';
import { createProject } from './create-project.ts';
import { projectFields } from './project.fields.ts';
import { listedShape } from './project.queries.ts';
import { updateProject } from './update-project.ts';
import { MetadataDescriptor } from '../metadata-descriptor/metadata-descriptor.answers.ts';
import { Project } from './project.answers.ts';

type Brought = Record<string, unknown>;

/** The list that an import consists of. @throws Invalid (400) for anything else, naming the entry. */
export const entriesOf = (body: unknown, schema: z.ZodObject): (Brought & { id: string })[] => {
  if (!Array.isArray(body)) throw new Invalid('A list is expected.');
  return body.map((entry, i) => {
    if (!isId(entry?.id)) throw new Invalid(`Entry ${i + 1} has no id.`);
    const parsed = schema.safeParse(entry);
    if (!parsed.success) throw new Invalid(`Entry ${i + 1}: ${parsed.error.issues[0]!.message}`);
    const values = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined && value !== null));
    return { ...values, id: entry.id.toLowerCase() };
  });
};

const there = async (context: Context, table: 'project' | 'metadata_descriptor', ids: string[]): Promise<Set<string>> => {
  const rows = await context.db.all<{ id: string }>(table === 'project'
    ? sql`select id from project where id = any(${`{${ids.join(',')}}`}::uuid[])` : sql`select id from metadata_descriptor where id = any(${`{${ids.join(',')}}`}::uuid[])`);
  return new Set(rows.map((row) => row.id));
};
const Body = z.object({ entries: z.unknown() });

/** Brings productions over from another Kitsu with their ids; those that are here already are changed. Who is no admin brings nothing. */
export const importProjects = spanning({
  subject: 'cmd.breakdown.import-projects', schema: Body, access: to.signedIn,
  handle: async ({ entries }, context) => {
    const list = entriesOf(entries, bodySchema(projectFields));
    if (!context.caller.isAdmin) return [];
    const have = await there(context, 'project', list.map((e) => e.id));
    for (const { id, ...values } of list) {
      if (have.has(id)) await context.run(updateProject, { project_id: id, changes: values }, id);
      else await context.run(createProject, { ...values, project_id: id }, id);
    }
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select ${selectList(listedShape, context.caller, false)} from project t where t.id = any(${`{${list.map((e) => e.id).join(',')}}`}::uuid[]) order by t.log_position`)).text);
  },
});

/** The same for the fields of the studio's own. */
export const importDescriptors = spanning({
  subject: 'cmd.breakdown.import-metadata-descriptors', schema: Body, access: to.signedIn,
  handle: async ({ entries }, context) => {
    const list = entriesOf(entries, bodySchema(descriptorFields));
    if (!context.caller.isAdmin) return [];
    const have = await there(context, 'metadata_descriptor', list.map((e) => e.id));
    for (const { id, ...values } of list) {
      if (have.has(id)) await context.run(updateDescriptor, { id, changes: values, plain: true }, id);
      else await context.run(createDescriptor, { ...values, metadata_descriptor_id: id, plain: true }, id);
    }
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select ${selectList(descriptorShape, context.caller, false)} from metadata_descriptor t where t.id = any(${`{${list.map((e) => e.id).join(',')}}`}::uuid[])
      order by t.log_position`)).text);
  },
});

const input = ({ body }: { body: unknown }) => ({ entries: body });
export const projectImportRoutes: Route[] = [
  route({ method: 'post', path: '/import/kitsu/projects', summary: 'Bring productions over from another Kitsu', body: z.array(bodySchema(projectFields).extend({ id: z.guid() })), answers: { 200: z.array(Project) }, command: importProjects, status: 200, input }),
  route({ method: 'post', path: '/import/kitsu/metadata-descriptors', summary: 'Bring fields over from another Kitsu', body: z.array(bodySchema(descriptorFields).extend({ id: z.guid() })), answers: { 200: z.array(MetadataDescriptor) }, command: importDescriptors, status: 200, input }),
];
