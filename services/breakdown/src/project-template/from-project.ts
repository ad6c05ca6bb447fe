import { only, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject } from '../project/project.queries.ts';
import { optionalId } from '../project/project.steps.ts';
import { pick } from './apply-template.ts';
import { createTemplate, templateAnswer } from './template.commands.ts';
import { linkTemplateTaskStatus, linkTemplateTaskType } from './template-links.ts';
import { templateItemLinks } from './template-items.ts';

const ITEMS = [
  { command: templateItemLinks.asset_type, key: 'asset_type_id', from: sql`select asset_type_id as id from project_asset_type_link` },
  { command: templateItemLinks.status_automation, key: 'status_automation_id', from: sql`select status_automation_id as id from project_status_automation_link` },
  { command: templateItemLinks.preview_background_file, key: 'preview_background_file_id', from: sql`select preview_background_file_id as id from project_preview_background_file_link` },
];

const fieldsOf = (context: Context, project_id: string) => context.db.all<Record<string, any>>(sql`select name, entity_type, data_type, field_name, choices, for_client, departments::text[] as departments, position, task_type_id
  from metadata_descriptor where project_id = ${project_id} order by name collate "C", log_position`);

/** Makes a template of a production: its settings, links and fields; not its team, dates or entities. */
export const templateFromProject = spanning({
  subject: 'cmd.breakdown.create-project-template-from-project', access: to.admins, resumable: true,
  schema: z.object({ project_id: z.string(), name: z.string({ error: 'name is needed.' }).min(1, 'name is needed.').max(80), description: z.string().nullable().optional() }),
  prepare: async (given, context) => {
    only.admin(context.caller);
    const project_id = optionalId(given.project_id, 'project');
    await existingProject(context.db, project_id);
    return { ...given, project_id };
  },
  handle: async (c, context) => {
    const row = await existingProject(context.db, c.project_id);
    const descriptors = (await fieldsOf(context, c.project_id)).map((d) => ({ ...d, position: d.position === null ? null : Number(d.position) }));
    const { project_template_id } = (await context.run(createTemplate, { name: c.name, description: c.description ?? null, ...pick(row), metadata_descriptors: descriptors }, 'template')) as { project_template_id: string };
    await context.settled();
    const types = await context.db.all<any>(sql`select task_type_id, priority from project_task_type_link where project_id = ${c.project_id} order by log_position`);
    for (const t of types) await context.run(linkTemplateTaskType, { project_template_id, task_type_id: t.task_type_id, priority: t.priority === null ? null : Number(t.priority) }, t.task_type_id);
    const statuses = await context.db.all<any>(sql`select task_status_id, priority, roles_for_board from project_task_status_link where project_id = ${c.project_id} order by log_position`);
    for (const s of statuses) await context.run(linkTemplateTaskStatus, { project_template_id, ...s, priority: s.priority === null ? null : Number(s.priority) }, s.task_status_id);
    for (const { command, key, from } of ITEMS) {
      for (const { id } of await context.db.all<{ id: string }>(sql`${from} where project_id = ${c.project_id} order by id`)) await context.run(command, { project_template_id, [key]: id }, id);
    }
    await context.settled();
    return templateAnswer({ project_template_id }, context);
  },
});
