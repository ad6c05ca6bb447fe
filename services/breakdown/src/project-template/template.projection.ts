import { apiTime, common, f, insert, on, projection, raw, remove, sql, table, update, type Recorded, type Shape } from '@shotlog/kernel';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { entityType } from '../entity-type/entity-type.ts';
import {
  TemplateItemLinked, TemplateItemUnlinked, TemplateTaskStatusLinked, TemplateTaskStatusUnlinked, TemplateTaskTypeLinked, TemplateTaskTypeUnlinked, templateEvents, templateFields,
} from './template.events.ts';

export const templateTable = table('project_template', { ...templateFields, ...common });
const stamped = { ...common, project_template_id: f.uuid() };
export const templateTaskTypes = table('project_template_task_type_link', { ...stamped, task_type_id: f.uuid(), priority: f.integer() }, { indexes: ['project_template_id'] });
export const templateTaskStatuses = table('project_template_task_status_link', { ...stamped, task_status_id: f.uuid(), priority: f.integer(), roles_for_board: f.strings() }, { indexes: ['project_template_id'] });
const items = table('project_template_item', { project_template_id: f.uuid(), kind: f.text(), item_id: f.uuid() }, { primary: ['project_template_id', 'kind', 'item_id'] });

const ids = (column: string, from: string, kind?: string) =>
  raw(`coalesce((select json_agg(l.${column}) from ${from} l where l.project_template_id = t.id${kind ? ` and l.kind = '${kind}'` : ''}), '[]'::json)`);
/** Templates as the API shows them; what they link with relations. */
export const templateShape: Shape = {
  table: templateTable, type: 'ProjectTemplate', relations: {
    task_types: ids('task_type_id', 'project_template_task_type_link'), task_statuses: ids('task_status_id', 'project_template_task_status_link'),
    asset_types: ids('item_id', 'project_template_item', 'asset_type'), status_automations: ids('item_id', 'project_template_item', 'status_automation'),
    preview_background_files: ids('item_id', 'project_template_item', 'preview_background_file'),
  },
};

const at = (e: Recorded) => apiTime(e.metadata.at);
const linked = (t: typeof templateTaskTypes) => (e: Recorded) => [
  insert(t, { ...e.data, id: e.data.link_id, updated_at: at(e), log_position: e.position }),
  sql`update "${raw(t.name)}" set created_at = ${at(e)} where id = ${e.data.link_id} and created_at is null`,
];
const itemGone = (kind: string, key: string) => (e: Recorded) => sql`delete from project_template_item where kind = ${kind} and item_id = ${e.data[key]}`;

export const templateProjection = projection('project_template', [templateTable, templateTaskTypes, templateTaskStatuses, items], [
  on(templateEvents.created, (e) => insert(templateTable, { ...e.data, id: e.data.project_template_id, created_at: at(e), updated_at: at(e), log_position: e.position })),
  on(templateEvents.updated, (e) => update(templateTable, e.data.project_template_id, { ...e.data.changes, updated_at: at(e) })),
  on(templateEvents.deleted, (e) => [remove(templateTable, e.data.project_template_id),
    ...[templateTaskTypes, templateTaskStatuses, items].map((t) => sql`delete from "${raw(t.name)}" where project_template_id = ${e.data.project_template_id}`)]),
  on(TemplateTaskTypeLinked, linked(templateTaskTypes)),
  on(TemplateTaskTypeUnlinked, (e) => sql`delete from project_template_task_type_link where project_template_id = ${e.data.project_template_id} and task_type_id = ${e.data.task_type_id}`),
  on(TemplateTaskStatusLinked, linked(templateTaskStatuses)),
  on(TemplateTaskStatusUnlinked, (e) => sql`delete from project_template_task_status_link where project_template_id = ${e.data.project_template_id} and task_status_id = ${e.data.task_status_id}`),
  on(TemplateItemLinked, (e) => insert(items, e.data)),
  on(TemplateItemUnlinked, (e) => sql`delete from project_template_item where project_template_id = ${e.data.project_template_id} and kind = ${e.data.kind} and item_id = ${e.data.item_id}`),
  on(taskType.events.deleted, (e) => sql`delete from project_template_task_type_link where task_type_id = ${e.data.task_type_id}`),
  on(taskStatus.events.deleted, (e) => sql`delete from project_template_task_status_link where task_status_id = ${e.data.task_status_id}`),
  on(entityType.events.deleted, itemGone('asset_type', 'entity_type_id')),
  on(statusAutomation.events.deleted, itemGone('status_automation', 'status_automation_id')),
  on(previewBackgroundFile.events.deleted, (e) => [itemGone('preview_background_file', 'preview_background_file_id')(e),
    sql`update project_template set default_preview_background_file_id = null where default_preview_background_file_id = ${e.data.preview_background_file_id}`]),
]);
