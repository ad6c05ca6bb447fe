import { bodySchema, command, Invalid, isId, NotFound, oneText, only, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { checkEntityType, fieldName } from '../metadata-descriptor/metadata-descriptor.ts';
import { templateEvents, templateFields } from './template.events.ts';
import { templateShape } from './template.projection.ts';
import { liveTemplate, templateClaims, templateState, templateStream } from './template.state.ts';

const Body = bodySchema(templateFields);
const mayWrite = only.admin;
const taken = () => new Invalid('There is a template of this name already.');

/** The id of a template that is there, for whoever may change it. @throws NotFound (404), Forbidden (403). */
export const writableTemplate = async (given: string, context: Context, malformed: 400 | 404 = 404): Promise<string> => {
  mayWrite(context.caller);
  return existingTemplate(given, context, malformed);
};

/** The id of a template that is there. @throws NotFound (404), Invalid (400) where the route says so of what is no id. */
export const existingTemplate = async (given: string, context: Context, malformed: 400 | 404 = 404): Promise<string> => {
  const id = given.toLowerCase();
  if (!isId(given)) throw malformed === 400 ? new Invalid(`"${id.slice(0, 60)}" is no id.`) : new NotFound('project template');
  if (!(await context.db.one(sql`select 1 as found from project_template where id = ${id}`))) throw new NotFound('project template', id);
  return id;
};

/** A template as an answer to a change. */
export const templateAnswer = async ({ project_template_id }: { project_template_id: string }, { db, caller }: Context): Promise<unknown> =>
  JSON.parse((await oneText(db, templateShape, caller, sql`t.id = ${project_template_id}`, true)) ?? 'null');

/** Fields of the studio's own as a template keeps them: complete, without what belongs to one production. @throws Invalid (400). */
export const templateDescriptors = (given: unknown): Record<string, unknown>[] => {
  if (!Array.isArray(given)) throw new Invalid('metadata_descriptors is a list.');
  return given.map((one: any) => {
    if (typeof one?.name !== 'string' || one.name === '') throw new Invalid('Each of metadata_descriptors has a name.');
    return { name: one.name, entity_type: checkEntityType(one.entity_type ?? 'Asset'), data_type: one.data_type ?? 'string', field_name: one.field_name ?? fieldName(one.name), choices: one.choices ?? [],
      for_client: one.for_client ?? false, departments: one.departments ?? [], position: one.position ?? null, task_type_id: one.task_type_id ?? null };
  });
};

/** Creates a template that links nothing yet. */
export const createTemplate = command({
  subject: 'cmd.breakdown.create-project-template', schema: Body, state: templateState, creates: true, access: to.admins, claims: templateClaims, taken,
  prepare: (given: Record<string, any>, context: Context) => {
    mayWrite(context.caller);
    if (!given.name) throw new Invalid('name is needed.', { data: { errors: [{ field: 'name', message: 'needed' }] } });
    const values = Object.fromEntries(Object.entries(templateFields).map(([name, field]) => [name, given[name] ?? ('default' in field ? field.default : null) ?? null]));
    return { project_template_id: context.moment.id(), values: { ...values, metadata_descriptors: templateDescriptors(values.metadata_descriptors) } };
  },
  stream: templateStream,
  decide: (c, state) => (state === null ? [templateEvents.created({ ...c.values, project_template_id: c.project_template_id })] : []),
  answer: templateAnswer,
});

/** Changes fields of a template. */
export const updateTemplate = command({
  subject: 'cmd.breakdown.update-project-template', schema: z.object({ project_template_id: z.string(), changes: z.unknown() }), state: templateState, access: to.admins, claims: templateClaims, taken,
  prepare: async (given, context: Context) => {
    const project_template_id = await writableTemplate(given.project_template_id, context, 400);
    const parsed = Body.safeParse(given.changes ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const changes: Record<string, any> = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
    if ('name' in changes && !changes.name) throw new Invalid('A template has a name.');
    if ('metadata_descriptors' in changes) changes.metadata_descriptors = templateDescriptors(changes.metadata_descriptors ?? []);
    return { project_template_id, changes };
  },
  stream: templateStream,
  decide: (c, state) => {
    const { values } = liveTemplate(state, c.project_template_id);
    const changes = Object.fromEntries(Object.entries(c.changes).filter(([name, value]) => JSON.stringify(values[name] ?? null) !== JSON.stringify(value ?? null)));
    return Object.keys(changes).length === 0 ? [] : [templateEvents.updated({ project_template_id: c.project_template_id, changes })];
  },
  answer: templateAnswer,
});

/** Deletes a template; productions made of it stay as they are. */
export const deleteTemplate = command({
  subject: 'cmd.breakdown.delete-project-template', schema: z.object({ project_template_id: z.string() }), state: templateState, access: to.admins, claims: templateClaims, stream: templateStream,
  prepare: async (given, context: Context) => ({ project_template_id: await writableTemplate(given.project_template_id, context, 400) }),
  decide: (c, state) => {
    liveTemplate(state, c.project_template_id);
    return [templateEvents.deleted({ project_template_id: c.project_template_id })];
  },
});

/** Says which background previews start with: one that the template links, or none. */
export const setDefaultBackground = command({
  subject: 'cmd.breakdown.set-project-template-background', state: templateState, access: to.admins, stream: templateStream,
  schema: z.object({ project_template_id: z.string(), default_preview_background_file_id: z.string().nullable().optional() }),
  prepare: async (given, context: Context) => ({ project_template_id: await writableTemplate(given.project_template_id, context), id: given.default_preview_background_file_id?.toLowerCase() ?? null }),
  decide: (c, state) => {
    const { values, items } = liveTemplate(state, c.project_template_id);
    if (c.id !== null && !items.has(`preview_background_file/${c.id}`)) throw new Invalid('The template does not link this background.');
    if (values.default_preview_background_file_id === c.id) return [];
    return [templateEvents.updated({ project_template_id: c.project_template_id, changes: { default_preview_background_file_id: c.id } })];
  },
  answer: templateAnswer,
});
