import { command, only, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { createDescriptor } from '../metadata-descriptor/create-descriptor.ts';
import { plainKinds, plainLinked } from '../project/plain-links.ts';
import { projectEvents } from '../project/project.fields.ts';
import { existingProject, projectAnswer } from '../project/project.queries.ts';
import { projectState, projectStream } from '../project/project.state.ts';
import { live, optionalId } from '../project/project.steps.ts';
import { taskStatusLinked } from '../project/task-status-links.ts';
import { taskTypeLinked } from '../project/task-type-links.ts';
import { existingTemplate } from './template.commands.ts';
import { sharedFields } from './template.events.ts';

type Settings = {
  project_id: string; values: Record<string, any>; task_types: { task_type_id: string; priority: number | null; link_id: string }[];
  task_statuses: { task_status_id: string; priority: number | null; roles_for_board: any[]; link_id: string }[]; asset_type: string[]; status_automation: string[]; preview_background_file: string[];
};

const settingsOf = async (context: Context, project_id: string, template: string, withValues: boolean): Promise<Settings> => {
  const row = (await context.db.one<Record<string, any>>(sql`select * from project_template where id = ${template}`))!;
  const types = await context.db.all<any>(sql`select task_type_id, priority from project_template_task_type_link where project_template_id = ${template} order by priority nulls last, log_position`);
  const statuses = await context.db.all<any>(sql`select task_status_id, priority, roles_for_board from project_template_task_status_link where project_template_id = ${template} order by priority nulls last, log_position`);
  const items = await context.db.all<{ kind: string; item_id: string }>(sql`select kind, item_id from project_template_item where project_template_id = ${template} order by item_id`);
  const of = (kind: string) => items.filter((i) => i.kind === kind).map((i) => i.item_id);
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    project_id, values: withValues ? valuesOf(row) : {},
    task_types: types.map((t) => ({ task_type_id: t.task_type_id, priority: number(t.priority), link_id: context.moment.id(`type ${t.task_type_id}`) })),
    task_statuses: statuses.map((s) => ({ task_status_id: s.task_status_id, priority: number(s.priority), roles_for_board: s.roles_for_board, link_id: context.moment.id(`status ${s.task_status_id}`) })),
    asset_type: of('asset_type'), status_automation: of('status_automation'), preview_background_file: of('preview_background_file'),
  };
};
const numeric = new Set(Object.entries(sharedFields).filter(([, field]) => field.kind === 'integer').map(([name]) => name));
/** What a production takes over of a row of ours; whole numbers come from the database as texts. */
export const pick = (row: Record<string, any>): Record<string, any> =>
  Object.fromEntries(Object.keys(sharedFields).map((name) => [name, numeric.has(name) && row[name] != null ? Number(row[name]) : row[name]]));

/** What a template says of a production's fields; where it says nothing, the production keeps its own. */
export const valuesOf = (row: Record<string, any>): Record<string, any> =>
  Object.fromEntries(Object.entries({ ...pick(row), default_preview_background_file_id: row.default_preview_background_file_id }).filter(([, value]) => value !== null));

/** Gives a production what a template says, in one append: fields (unless it is new) and links. Nothing is taken away. */
export const applySettings = command({
  subject: 'cmd.breakdown.apply-template-settings', schema: z.object({ project_id: z.string(), project_template_id: z.string(), values: z.boolean() }), state: projectState,
  access: to.admins, stream: (c: Settings) => projectStream(c.project_id),
  prepare: async (given, context: Context): Promise<Settings> =>
    settingsOf(context, optionalId(given.project_id, 'project'), await existingTemplate(given.project_template_id, context), given.values),
  decide: (c: Settings, state) => {
    const { values } = live(state, c.project_id);
    const changes = Object.fromEntries(Object.entries(c.values).filter(([name, value]) => JSON.stringify(values[name] ?? null) !== JSON.stringify(value ?? null)));
    return [
      ...(Object.keys(changes).length > 0 ? [projectEvents.updated({ project_id: c.project_id, changes })] : []),
      ...c.task_types.flatMap((t) => taskTypeLinked(state, { project_id: c.project_id, ...t, replace: true })),
      ...c.task_statuses.flatMap((s) => taskStatusLinked(state, { project_id: c.project_id, ...s, replace: true })),
      ...plainLinked(plainKinds.assetType, state, c.project_id, c.asset_type), ...plainLinked(plainKinds.automation, state, c.project_id, c.status_automation),
      ...plainLinked(plainKinds.background, state, c.project_id, c.preview_background_file),
    ];
  },
});

/** The steps of applying a template; fields of the studio's own that the production has already stay as they are. */
export const applyTo = async (context: Context, project_id: string, project_template_id: string, values: boolean): Promise<void> => {
  await context.run(applySettings, { project_id, project_template_id, values }, 'settings');
  await context.settled();
  const row = await context.db.one<{ metadata_descriptors: any[] | null }>(sql`select metadata_descriptors from project_template where id = ${project_template_id}`);
  const there = await context.db.all<{ key: string }>(sql`select entity_type || '/' || field_name as key from metadata_descriptor where project_id = ${project_id}`);
  const names = new Set(there.map((d) => d.key));
  for (const { position: _, field_name, ...descriptor } of row?.metadata_descriptors ?? []) {
    if (!names.has(`${descriptor.entity_type}/${field_name}`)) await context.run(createDescriptor, { ...descriptor, project_id, field_name, plain: true }, `field ${descriptor.entity_type} ${field_name}`);
  }
};

/** Makes an existing production like a template. */
export const applyTemplate = spanning({
  subject: 'cmd.breakdown.apply-project-template', schema: z.object({ project_id: z.string(), project_template_id: z.string() }), access: to.admins, resumable: true,
  prepare: async (given, context) => {
    only.admin(context.caller);
    const project_id = optionalId(given.project_id, 'project');
    await existingProject(context.db, project_id);
    return { project_id, project_template_id: await existingTemplate(given.project_template_id, context) };
  },
  handle: (c, context) => applyTo(context, c.project_id, c.project_template_id, true),
  answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});
