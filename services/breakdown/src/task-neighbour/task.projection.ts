import { PreviewFileAdded, PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated } from '@shotlog/files/preview-file/preview-file.events';
import { apiTime, common, f, insert, madeAt, neighbour, on, PersonDeleted, projection, raw, remove, sql, table, update, type Recorded, type Statement } from '@shotlog/kernel';
import { TaskAssigned, TaskCreated, TaskDeleted, taskFields, TaskUnassigned, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { organisation } from '@shotlog/auth/organisation/organisation';
import { subscription } from '@shotlog/notifications/subscription/subscription';
import { entityEvents, KINDS } from '../entity/entity.events.ts';
import { projectEvents } from '../project/project.fields.ts';

/**
 * What breakdown keeps of tasks. `line` is the task as the lists of entities with their tasks show it, as JSON without its last two
 * keys (last_preview_file_id, is_subscribed) and its closing brace: those depend on the list and on who reads.
 */
export const taskTable = table('task', { ...taskFields, assignees: f.uuids(), line: f.text({ hidden: true }), ...common }, { indexes: ['entity_id', 'project_id'] });
export const taskPersonTable = table('task_person', { task_id: f.uuid(), person_id: f.uuid() }, { primary: ['task_id', 'person_id'], indexes: ['person_id'] });
/** Movies, for the number of frames that they bring to their shots. */
const previewTable = table('preview_file', { id: f.uuid(), task_id: f.uuid(), revision: f.integer(), position: f.integer(), duration: f.float(), log_position: f.integer() }, { indexes: ['task_id'] });

const LINE = raw(`(select left(row_to_json(r)::text, -1) from (select t.id, t.entity_id, t.task_type_id, t.task_status_id, t.assignees, t.priority, t.difficulty, t.estimation, t.duration, t.retake_count,
  t.start_date, t.due_date, t.real_start_date, t.end_date, t.done_date, t.last_comment_date, t.nb_assets_ready, t.nb_drawings, t.data) r)`);
const rendered = (task_id: string): Statement => sql`update task t set line = ${LINE} where id = ${task_id}`;
const at = (e: Recorded) => apiTime(e.metadata.at);

const assigned = (e: Recorded<string, { task_id: string; person_id: string }>): Statement[] => [insert(taskPersonTable, e.data),
  sql`update task set assignees = array_append(array_remove(assignees, ${e.data.person_id}::uuid), ${e.data.person_id}::uuid) where id = ${e.data.task_id}`, rendered(e.data.task_id)];
const unassigned = (e: Recorded<string, { task_id: string; person_id: string }>): Statement[] => [
  sql`delete from task_person where task_id = ${e.data.task_id} and person_id = ${e.data.person_id}`,
  sql`update task set assignees = array_remove(assignees, ${e.data.person_id}::uuid) where id = ${e.data.task_id}`, rendered(e.data.task_id)];

const gone = (where: Statement): Statement[] => [
  sql`delete from preview_file where task_id in (select id from task where ${where})`,
  sql`delete from task_person where task_id in (select id from task where ${where})`, sql`delete from task where ${where}`];

/** Rows of `task`, `task_person` and `preview_file`, from the events of the services that own them. */
export const taskProjection = projection('task', [taskTable, taskPersonTable, previewTable], [
  on(TaskCreated, (e) => [
    insert(taskTable, { ...e.data, id: e.data.task_id, created_at: madeAt(e), updated_at: at(e), log_position: e.position }),
    ...e.data.assignees.map((person_id: string) => insert(taskPersonTable, { task_id: e.data.task_id, person_id })), rendered(e.data.task_id)]),
  on(TaskUpdated, (e) => [update(taskTable, e.data.task_id, { ...e.data.changes, updated_at: at(e) }), rendered(e.data.task_id)]),
  on(TaskAssigned, assigned), on(TaskUnassigned, unassigned),
  on(TaskDeleted, (e) => gone(sql`id = ${e.data.task_id}`)),
  ...KINDS.map((kind) => on(entityEvents[kind].deleted, (e) => gone(sql`entity_id = ${e.data.entity_id}`))),
  on(projectEvents.deleted, (e) => gone(sql`project_id = ${e.data.project_id}`)),
  on(PersonDeleted, (e) => [
    sql`update task t set assignees = array_remove(assignees, ${e.data.person_id}::uuid) where id in (select task_id from task_person where person_id = ${e.data.person_id})`,
    sql`update task t set line = ${LINE} where id in (select task_id from task_person where person_id = ${e.data.person_id})`,
    sql`delete from task_person where person_id = ${e.data.person_id}`]),
  on(PreviewFileCreated, (e) => insert(previewTable, { ...e.data, id: e.data.preview_file_id, log_position: e.position })),
  on(PreviewFileUpdated, (e) => update(previewTable, e.data.preview_file_id, e.data.changes)),
  on(PreviewFileAdded, (e) => update(previewTable, e.data.preview_file_id, { ...e.data.changes, revision: e.data.revision })),
  on(PreviewFileDeleted, (e) => remove(previewTable, e.data.preview_file_id)),
]);

/** Who follows which task, and how many hours a day of work has. */
const subscriptions = neighbour(subscription, ['person_id', 'task_id'], { indexes: ['person_id'] });
const organisations = neighbour(organisation, ['hours_by_day']);
export const aroundTasks = [subscriptions.projection, organisations.projection];
