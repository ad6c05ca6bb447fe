import { bodySchema, list, listed, newBodySchema, oneText, only, Rendered, rendered, route, selectList, sql, texts, to, wantsRelations, type Route } from '@shotlog/kernel';
import { taskStatuses, taskTypes } from '../neighbours.ts';
import { applyTemplate } from './apply-template.ts';
import { templateFromProject } from './from-project.ts';
import { createTemplate, deleteTemplate, existingTemplate, setDefaultBackground, updateTemplate } from './template.commands.ts';
import { templateItemRoutes } from './template-items.ts';
import { linkTemplateTaskStatus, linkTemplateTaskType, reorderTemplateTaskStatuses, reorderTemplateTaskTypes, unlinkTemplateTaskStatus, unlinkTemplateTaskType } from './template-links.ts';
import { templateShape } from './template.projection.ts';
import { Project } from '../project/project.answers.ts';
import { ProjectTemplate, TemplateTaskStatus, TemplateTaskType } from './template.answers.ts';
import { TaskStatus, TaskType } from '@shotlog/tasks/task/task.answers';
import { z } from 'zod';
import { templateFields } from './template.events.ts';

const templates = '/data/project-templates';
const one = `${templates}/{project_template_id}`;
const single = `${templates}/{instance_id}`;
const actions = '/actions/project-templates/{project_template_id}';
const columns = (fields: object, without: string[]) => Object.keys(fields).filter((name) => !without.includes(name) && name !== 'log_position');

export const templateRoutes: Route[] = [
  route({
    method: 'get', path: templates, summary: 'List the templates of productions', answers: { 200: listed(ProjectTemplate) }, access: to.managers,
    ask: (c) => list({ shape: templateShape, db: c.db, caller: c.caller, request: c.request }),
  }),
  route({
    method: 'get', path: single, summary: 'Get one template', answers: { 200: ProjectTemplate }, access: to.managers,
    ask: async (c) => {
      const id = await existingTemplate(c.request.params.instance_id!, c, 400);
      only.manager(c.caller);
      return new Rendered((await oneText(c.db, templateShape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request)))!);
    },
  }),
  route({ method: 'post', path: templates, summary: 'Create a template', body: newBodySchema(templateFields), answers: { 201: ProjectTemplate }, command: createTemplate, status: 201, input: (request) => request.body ?? {} }),
  route({ method: 'put', path: single, summary: 'Update a template', body: bodySchema(templateFields), answers: { 200: ProjectTemplate }, command: updateTemplate, status: 200, input: ({ params, body }) => ({ project_template_id: params.instance_id, changes: body }) }),
  route({ method: 'delete', path: single, summary: 'Delete a template', command: deleteTemplate, status: 204, input: ({ params }) => ({ project_template_id: params.instance_id }) }),
  route({ method: 'post', path: `${templates}/from-project/{project_id}`, summary: 'Make a template of a production', answers: { 201: ProjectTemplate }, command: templateFromProject, status: 201 }),
  route({ method: 'post', path: '/data/projects/{project_id}/apply-template/{project_template_id}', summary: 'Make a production like a template', answers: { 200: Project }, command: applyTemplate, status: 200 }),
  route({ method: 'put', path: `${one}/metadata-descriptors`, summary: 'Set the fields of a template', body: z.object({ metadata_descriptors: z.array(z.unknown()) }), answers: { 200: ProjectTemplate }, command: updateTemplate, status: 200,
    input: ({ params, body }) => ({ project_template_id: params.project_template_id, changes: { metadata_descriptors: (body as any)?.metadata_descriptors ?? [] } }) }),
  route({ method: 'put', path: `${one}/default-preview-background-file`, summary: 'Set the background that previews start with', answers: { 200: ProjectTemplate }, command: setDefaultBackground, status: 200 }),
  route({
    method: 'get', path: `${one}/task-types`, summary: 'List the task types of a template', answers: { 200: z.array(TaskType) }, access: to.managers,
    ask: async (c) => {
      const id = await existingTemplate(c.request.params.project_template_id!, c);
      return rendered(c.db, sql`select ${selectList({ table: taskTypes.table, type: 'TaskType' }, c.caller, false, columns(taskTypes.table.fields, ['priority']))}, l.priority
        from task_type t join project_template_task_type_link l on l.task_type_id = t.id where l.project_template_id = ${id} order by l.priority nulls last, lower(t.name)`);
    },
  }),
  route({
    method: 'get', path: `${one}/task-statuses`, summary: 'List the task statuses of a template', answers: { 200: z.array(TaskStatus.extend({ roles_for_board: texts.nullish() })) }, access: to.managers,
    ask: async (c) => {
      const id = await existingTemplate(c.request.params.project_template_id!, c);
      return rendered(c.db, sql`select ${selectList({ table: taskStatuses.table, type: 'TaskStatus' }, c.caller, false, columns(taskStatuses.table.fields, ['priority']))}, l.priority, l.roles_for_board
        from task_status t join project_template_task_status_link l on l.task_status_id = t.id where l.project_template_id = ${id} order by l.priority nulls last, lower(t.name)`);
    },
  }),
  route({ method: 'post', path: `${one}/task-types`, summary: 'Put a task type into a template', answers: { 201: TemplateTaskType }, command: linkTemplateTaskType, status: 201 }),
  route({ method: 'delete', path: `${one}/task-types/{task_type_id}`, summary: 'Take a task type out of a template', command: unlinkTemplateTaskType, status: 204 }),
  route({ method: 'post', path: `${actions}/task-types/reorder`, summary: 'Order the task types of a template', answers: { 200: z.array(TemplateTaskType) }, command: reorderTemplateTaskTypes, status: 200 }),
  route({ method: 'post', path: `${one}/task-statuses`, summary: 'Put a task status into a template', answers: { 201: TemplateTaskStatus }, command: linkTemplateTaskStatus, status: 201 }),
  route({ method: 'delete', path: `${one}/task-statuses/{task_status_id}`, summary: 'Take a task status out of a template', command: unlinkTemplateTaskStatus, status: 204 }),
  route({ method: 'post', path: `${actions}/task-statuses/reorder`, summary: 'Order the task statuses of a template', answers: { 200: z.array(TemplateTaskStatus) }, command: reorderTemplateTaskStatuses, status: 200 }),
  ...templateItemRoutes,
];
