import { department } from '@shotlog/auth/department/department';
import { organisation } from '@shotlog/auth/organisation/organisation';
import { entityNeighbour } from '@shotlog/breakdown/entity/neighbour';
import { CastingSet, entityEvents, entityFields } from '@shotlog/breakdown/entity/entity.events';
import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { ProjectStatusAutomationLinked, ProjectStatusAutomationUnlinked, ProjectTaskStatusLinked, ProjectTaskStatusUnlinked, ProjectTaskTypeLinked, ProjectTaskTypeUnlinked } from '@shotlog/breakdown/project/links.events';
import { projectNeighbour } from '@shotlog/breakdown/project/neighbour';
import { projectEvents, projectFields } from '@shotlog/breakdown/project/project.fields';
import { projectStatus } from '@shotlog/breakdown/project-status/project-status';
import { attachmentFile } from '@shotlog/files/attachment-file/attachment-file';
import { PreviewFileAdded, PreviewFileCreated, previewFileFields, PreviewFileAnnotated, PreviewFileDeleted, PreviewFileUpdated } from '@shotlog/files/preview-file/preview-file.events';
import { apiTime, common, f, insert, neighbour, on, PersonDeleted, projection, raw, remove, sql, table, update, type Projection, type Shape, type Statement } from '@shotlog/kernel';

/** What this service keeps of its neighbours. Entities and productions whole: a task's page shows them. */
const names = <T extends object>(fields: T) => Object.keys(fields) as (keyof T)[];
/** A deleted entity takes its tasks along, with what hangs on them. */
const tasksGone = (where: Statement): Statement[] => [
  ...['comment', 'preview_of_comment', 'time_spent', 'production_schedule_version_task_link'].map((name) =>
    sql`delete from "${raw(name)}" where ${raw(name === 'comment' ? 'object_id' : 'task_id')} in (select id from task where ${where})`),
  sql`delete from task where ${where}`,
];

export const projects = projectNeighbour(names(projectFields), { gone: (id) => [
  ...tasksGone(sql`project_id = ${id}`),
  ...['milestone', 'schedule_item', 'production_schedule_version', 'project_task_type', 'project_task_status', 'project_status_automation'].map((name) =>
    sql`delete from "${raw(name)}" where project_id = ${id}`),
] });
export const entities = entityNeighbour(names(entityFields), { indexes: ['project_id, kind', 'parent_id', 'source_id'], gone: (id) => tasksGone(sql`entity_id = ${id}`) });
export const entityTypes = neighbour(entityType, ['name', 'short_name', 'description', 'archived']);
export const projectStatuses = neighbour(projectStatus, ['name']);
export const organisations = neighbour(organisation, ['hours_by_day']);
export const departments = neighbour(department, ['name', 'color', 'archived']);

const taskTypeLinks = table('project_task_type', { project_id: f.uuid(), task_type_id: f.uuid(), priority: f.integer() }, { primary: ['project_id', 'task_type_id'] });
const taskStatusLinks = table('project_task_status', { project_id: f.uuid(), task_status_id: f.uuid(), priority: f.integer() }, { primary: ['project_id', 'task_status_id'] });
const automationLinks = table('project_status_automation', { project_id: f.uuid(), status_automation_id: f.uuid() }, { primary: ['project_id', 'status_automation_id'] });
const unlink = (name: string, key: string) => (e: any) => sql`delete from "${raw(name)}" where project_id = ${e.data.project_id} and "${raw(key)}" = ${e.data[key]}`;
const linkProjection = projection('project_links', [taskTypeLinks, taskStatusLinks, automationLinks], [
  on(ProjectTaskTypeLinked, (e) => insert(taskTypeLinks, e.data)),
  on(ProjectTaskTypeUnlinked, unlink('project_task_type', 'task_type_id')),
  on(ProjectTaskStatusLinked, (e) => insert(taskStatusLinks, e.data)),
  on(ProjectTaskStatusUnlinked, unlink('project_task_status', 'task_status_id')),
  on(ProjectStatusAutomationLinked, (e) => insert(automationLinks, e.data)),
  on(ProjectStatusAutomationUnlinked, unlink('project_status_automation', 'status_automation_id')),
]);

/** Which episodes cast an asset: tasks of an asset without an episode of its own are shown with them. */
const castIn = table('asset_episode', { asset_id: f.uuid(), episode_id: f.uuid(), project_id: f.uuid() }, { primary: ['asset_id', 'episode_id'], indexes: ['episode_id', 'project_id'] });
const castProjection = projection('asset_episode', [castIn], [
  on(CastingSet, ({ data }) => (data.kind !== 'episode' ? null : [sql`delete from asset_episode where episode_id = ${data.entity_id}`,
    ...data.casting.map(({ asset_id }) => insert(castIn, { asset_id, episode_id: data.entity_id, project_id: data.project_id }))])),
  ...(['asset', 'episode'] as const).map((kind) => on(entityEvents[kind].deleted, (e) => sql`delete from asset_episode where ${raw(`${kind}_id`)} = ${e.data.entity_id}`)),
  on(projectEvents.deleted, (e) => sql`delete from asset_episode where project_id = ${e.data.project_id}`),
]);

/** Preview files; comments show those that were published with them. */
const previews = table('preview_of_comment', { ...previewFileFields, ...common, comment_id: f.uuid({ hidden: true }), project_id: f.uuid({ hidden: true }) }, { indexes: ['comment_id', 'task_id'] });
export const previewShape: Shape = { table: previews, type: 'PreviewFile' };
const previewProjection = projection('preview_of_comment', [previews], [
  on(PreviewFileCreated, (e) => insert(previews, { ...e.data, id: e.data.preview_file_id, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(PreviewFileUpdated, (e) => update(previews, e.data.preview_file_id, e.data.changes)),
  on(PreviewFileAdded, (e) => update(previews, e.data.preview_file_id, { ...e.data.changes, extension: e.data.extension, status: e.data.status })),
  on(PreviewFileAnnotated, (e) => update(previews, e.data.preview_file_id, { annotations: e.data.annotations })),
  on(PreviewFileDeleted, (e) => remove(previews, e.data.preview_file_id)),
]);

/** Files that hang on comments. */
const attachments = table('attachment_of_comment', { ...common, comment_id: f.uuid(), name: f.text(), extension: f.text(), size: f.float(), reply_id: f.uuid() }, { indexes: ['comment_id'] });
const attachmentProjection = projection('attachment_of_comment', [attachments], [
  on(attachmentFile.events.created, (e) => (e.data.comment_id ? insert(attachments, { ...e.data, id: e.data.attachment_file_id, log_position: e.position, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at) }) : null)),
  on(attachmentFile.events.updated, (e) => update(attachments, e.data.attachment_file_id, e.data.changes)),
  on(attachmentFile.events.deleted, (e) => remove(attachments, e.data.attachment_file_id)),
]);

/** Who is forgotten is no longer assigned, and acknowledges and says nothing any more. */
const personProjection = projection('forgotten_persons', [], [
  on(PersonDeleted, (e) => [
    sql`update task set assignees = array_remove(assignees, ${e.data.person_id}::uuid) where ${e.data.person_id}::uuid = any(assignees)`,
    sql`delete from day_off where person_id = ${e.data.person_id}`, sql`delete from time_spent where person_id = ${e.data.person_id}`,
  ]),
]);

export const neighbourProjections: Projection[] = [
  projects.projection, entities.projection, entityTypes.projection, projectStatuses.projection, departments.projection, organisations.projection, linkProjection, castProjection, previewProjection, attachmentProjection, personProjection,
];
