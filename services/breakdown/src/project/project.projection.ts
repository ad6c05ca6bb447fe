import { apiTime, common, f, insert, on, projection, raw, remove, sql, table, update, type Recorded } from '@shotlog/kernel';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { entityType } from '../entity-type/entity-type.ts';
import {
  ProjectAssetTypeLinked, ProjectAssetTypeUnlinked, ProjectBackgroundLinked, ProjectBackgroundUnlinked, ProjectStatusAutomationLinked, ProjectStatusAutomationUnlinked,
  ProjectTaskStatusLinked, ProjectTaskStatusUnlinked, ProjectTaskTypeLinked, ProjectTaskTypeUnlinked,
} from './links.events.ts';
import { projectEvents, projectFields } from './project.fields.ts';

export const projectTable = table('project', { ...projectFields, ...common }, { indexes: ['project_status_id'] });
const link = (name: string, column: string) => table(name, { project_id: f.uuid(), [column]: f.uuid(), log_position: f.integer({ hidden: true }) }, { primary: ['project_id', column], indexes: [column] });
const stamped = { id: f.uuid(), created_at: f.time(), updated_at: f.time(), log_position: f.integer({ hidden: true }), project_id: f.uuid() };
export const taskTypeLinkTable = table('project_task_type_link', { ...stamped, task_type_id: f.uuid(), priority: f.integer() }, { indexes: ['project_id', 'task_type_id'] });
export const taskStatusLinkTable = table('project_task_status_link', { ...stamped, task_status_id: f.uuid(), priority: f.integer(), roles_for_board: f.strings() },
  { indexes: ['project_id', 'task_status_id'] });
const assetTypeLinks = link('project_asset_type_link', 'asset_type_id');
const automationLinks = link('project_status_automation_link', 'status_automation_id');
const backgroundLinks = link('project_preview_background_file_link', 'preview_background_file_id');

const at = (e: Recorded) => apiTime(e.metadata.at);
const stamps = (e: Recorded) => ({ id: e.data.link_id, updated_at: at(e), log_position: e.position });
const linked = (e: Recorded) => ({ ...e.data, log_position: e.position });
/** A link's row: a second event for it moves priority and time, not the day it was made. */
const stampedLink = (t: typeof taskTypeLinkTable, e: Recorded) => [
  sql`${insert(t, { ...e.data, ...stamps(e) })}`,
  sql`update ${raw(`"${t.name}"`)} set created_at = ${at(e)} where id = ${e.data.link_id} and created_at is null`,
];

/** Rows of `project` and of what it is linked to. */
export const projectProjection = projection('project', [projectTable, taskTypeLinkTable, taskStatusLinkTable, assetTypeLinks, automationLinks, backgroundLinks], [
  on(projectEvents.created, (e) => insert(projectTable, { ...e.data, id: e.data.project_id, created_at: at(e), updated_at: at(e), log_position: e.position })),
  on(projectEvents.updated, (e) => update(projectTable, e.data.project_id, { ...e.data.changes, updated_at: at(e) })),
  on(projectEvents.deleted, (e) => [remove(projectTable, e.data.project_id),
    ...[taskTypeLinkTable, taskStatusLinkTable, assetTypeLinks, automationLinks, backgroundLinks].map((t) => sql`delete from ${raw(`"${t.name}"`)} where project_id = ${e.data.project_id}`)]),
  on(ProjectTaskTypeLinked, (e) => stampedLink(taskTypeLinkTable, e)),
  on(ProjectTaskTypeUnlinked, (e) => sql`delete from project_task_type_link where project_id = ${e.data.project_id} and task_type_id = ${e.data.task_type_id}`),
  on(ProjectTaskStatusLinked, (e) => stampedLink(taskStatusLinkTable, e)),
  on(ProjectTaskStatusUnlinked, (e) => sql`delete from project_task_status_link where project_id = ${e.data.project_id} and task_status_id = ${e.data.task_status_id}`),
  on(ProjectAssetTypeLinked, (e) => insert(assetTypeLinks, linked(e))),
  on(ProjectAssetTypeUnlinked, (e) => sql`delete from project_asset_type_link where project_id = ${e.data.project_id} and asset_type_id = ${e.data.asset_type_id}`),
  on(ProjectStatusAutomationLinked, (e) => insert(automationLinks, linked(e))),
  on(ProjectStatusAutomationUnlinked, (e) => sql`delete from project_status_automation_link where project_id = ${e.data.project_id} and status_automation_id = ${e.data.status_automation_id}`),
  on(ProjectBackgroundLinked, (e) => insert(backgroundLinks, linked(e))),
  on(ProjectBackgroundUnlinked, (e) => sql`delete from project_preview_background_file_link where project_id = ${e.data.project_id} and preview_background_file_id = ${e.data.preview_background_file_id}`),
  on(taskType.events.deleted, (e) => sql`delete from project_task_type_link where task_type_id = ${e.data.task_type_id}`),
  on(taskStatus.events.deleted, (e) => sql`delete from project_task_status_link where task_status_id = ${e.data.task_status_id}`),
  on(statusAutomation.events.deleted, (e) => sql`delete from project_status_automation_link where status_automation_id = ${e.data.status_automation_id}`),
  on(previewBackgroundFile.events.deleted, (e) => [sql`delete from project_preview_background_file_link where preview_background_file_id = ${e.data.preview_background_file_id}`,
    sql`update project set default_preview_background_file_id = null where default_preview_background_file_id = ${e.data.preview_background_file_id}`]),
  on(entityType.events.deleted, (e) => sql`delete from project_asset_type_link where asset_type_id = ${e.data.entity_type_id}`),
]);
