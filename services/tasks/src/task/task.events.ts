import { event, f, factSchema, type EventDefinition, type Fields } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
/** The fields of a task. `duration` and `estimation` are minutes; dates are UTC. */
export const taskFields = {
  name: f.string(80, { default: 'main' }), description: f.text(), priority: f.integer({ default: 0 }), difficulty: f.integer({ default: 3 }), duration: f.float({ default: 0 }), estimation: f.float({ default: 0 }),
  completion_rate: f.integer({ default: 0 }), retake_count: f.integer({ default: 0 }), sort_order: f.integer({ default: 0 }), start_date: f.time(), due_date: f.time(), real_start_date: f.time(), end_date: f.time(),
  done_date: f.time(), last_comment_date: f.time(), nb_assets_ready: f.integer({ default: 0 }), data: f.json(), nb_drawings: f.integer({ default: 0 }), shotgun_id: f.integer(), last_preview_file_id: f.uuid(),
  project_id: f.uuid({ required: true, immutable: true }), task_type_id: f.uuid({ required: true }), task_status_id: f.uuid(), entity_id: f.uuid(), assigner_id: f.uuid(),
} satisfies Fields;

const Ids = z.object({ task_id: Id, project_id: Id });
const data = factSchema(taskFields);
const ids = (e: { data: { task_id: string; project_id: string } }) => ({ task_id: e.data.task_id, project_id: e.data.project_id });

/** Streams `task-<id>` hold the task and its comments. `created_at` is set where the task was brought over from elsewhere: when it was made there. */
export const TaskCreated = event('TaskCreated', 1, data.extend({ task_id: Id, project_id: Id, entity_id: Id, task_type_id: Id, task_status_id: Id, assignees: z.array(Id), created_at: z.string().optional() }),
  { publish: (e: any) => [{ name: 'task:new', payload: ids(e) }] }) as EventDefinition;
/** Assets of the shot's casting became ready for the task, or no longer are: told under a name of its own, since a change of casting may move many. */
const isCount = (changes: object): changes is { nb_assets_ready: number } => Object.keys(changes).join() === 'nb_assets_ready';
/** Only what changed, whatever made it change: a plan, a status by a comment (with retake count and dates), hours, a preview, what its shot casts. */
export const TaskUpdated = event('TaskUpdated', 1, Ids.extend({ changes: data }), {
  publish: (e) => [isCount(e.data.changes) ? { name: 'task:update-casting-stats', payload: { ...ids(e), nb_assets_ready: e.data.changes.nb_assets_ready } } : { name: 'task:update', payload: ids(e) }],
}) as EventDefinition;
export const TaskAssigned = event('TaskAssigned', 1, Ids.extend({ person_id: Id, assigner_id: Id.nullable() }),
  { publish: (e) => [{ name: 'task:assign', payload: { ...ids(e), person_id: e.data.person_id } }, { name: 'task:update', payload: ids(e) }] });
export const TaskUnassigned = event('TaskUnassigned', 1, Ids.extend({ person_id: Id }),
  { publish: (e) => [{ name: 'task:unassign', payload: { ...ids(e), person_id: e.data.person_id } }, { name: 'task:update', payload: ids(e) }] });
export const TaskStatusChanged = event('TaskStatusChanged', 1, Ids.extend({ previous_task_status_id: Id.nullable(), new_task_status_id: Id, person_id: Id.nullable() }),
  { publish: (e) => [{ name: 'task:status-changed', payload: { ...ids(e), previous_task_status_id: e.data.previous_task_status_id, new_task_status_id: e.data.new_task_status_id, person_id: e.data.person_id } }] });
export const TaskDeleted = event('TaskDeleted', 1, Ids.extend({ entity_id: Id.nullable(), task_type_id: Id.nullable() }),
  { publish: (e) => [{ name: 'task:delete', payload: { ...ids(e), entity_id: e.data.entity_id, task_type_id: e.data.task_type_id } }] });

const Checklist = z.array(z.object({ text: z.string(), checked: z.boolean() }).loose());
/**
 * A comment, in its task's stream. `person_id` is its author (null for what the system says), `previous_task_status_id` the task's status before; equal to
 * `task_status_id` when the comment changed none. Both are null for a comment that came from elsewhere without a status. `created_at` is set where a comment is dated back. A comment that came from another task keeps its id and names
 * that task in `moved_from`, with the replies, acknowledgements and pin that it had. `imported`: it was said elsewhere long ago, and nobody is to be told.
 */
export const TaskCommented = event('TaskCommented', 1, Ids.extend({
  comment_id: Id, entity_id: Id.nullable(), task_type_id: Id.nullable(), person_id: Id.nullable(), task_status_id: Id.nullable(), previous_task_status_id: Id.nullable(), text: z.string(), checklist: Checklist.nullable(), for_client: z.boolean(), links: z.array(z.string()).nullable(),
  mentions: z.array(Id), department_mentions: z.array(Id), assignees: z.array(Id), data: z.any(), shotgun_id: z.number().nullable(), created_at: z.string().nullable(),
  imported: z.boolean().optional(), moved_from: Id.optional(), replies: z.array(z.any()).optional(), acknowledgements: z.array(Id).optional(), pinned: z.boolean().nullable().optional(),
}), { publish: (e) => [{ name: 'comment:new', payload: { ...ids(e), comment_id: e.data.comment_id, task_status_id: e.data.task_status_id } }] });
/** A comment brought its task to a status that automations of the production wait for; written beside it, so that other comments cost no process anything. */
export const StatusAutomationsSetOff = event('StatusAutomationsSetOff', 1, Ids.extend({ comment_id: Id, entity_id: Id.nullable(), task_type_id: Id.nullable(), task_status_id: Id, person_id: Id.nullable() }));
/** Only what changed of text, checklist, pinned, links, task_status_id, for_client, mentions, department_mentions, data, editor_id, preview_file_id, person_id. */
export const CommentUpdated = event('CommentUpdated', 1, Ids.extend({ comment_id: Id, changes: z.record(z.string(), z.any()) }),
  { publish: (e) => [{ name: 'comment:update', payload: { ...ids(e), comment_id: e.data.comment_id } }] });
/** `moved_to` names the task in whose stream the comment goes on under its id: only this task has lost it then. */
export const CommentDeleted = event('CommentDeleted', 1, Ids.extend({ comment_id: Id, moved_to: Id.optional() }),
  { publish: (e) => [{ name: 'comment:delete', payload: { comment_id: e.data.comment_id, project_id: e.data.project_id, task_id: e.data.task_id } }] });
export const CommentReplied = event('CommentReplied', 1, Ids.extend({ comment_id: Id, reply_id: Id, person_id: Id.nullable(), text: z.string(), mentions: z.array(Id), department_mentions: z.array(Id), assignees: z.array(Id) }),
  { publish: (e) => [{ name: 'comment:reply', payload: { ...ids(e), comment_id: e.data.comment_id, reply_id: e.data.reply_id } }] });
export const ReplyDeleted = event('ReplyDeleted', 1, Ids.extend({ comment_id: Id, reply_id: Id }),
  { publish: (e) => [{ name: 'comment:delete-reply', payload: { ...ids(e), comment_id: e.data.comment_id, reply_id: e.data.reply_id } }] });
export const CommentAcknowledged = event('CommentAcknowledged', 1, Ids.extend({ comment_id: Id, person_id: Id }),
  { publish: (e) => [{ name: 'comment:acknowledge', payload: { comment_id: e.data.comment_id, person_id: e.data.person_id, project_id: e.data.project_id } }] });
export const CommentUnacknowledged = event('CommentUnacknowledged', 1, Ids.extend({ comment_id: Id, person_id: Id }),
  { publish: (e) => [{ name: 'comment:unacknowledge', payload: { comment_id: e.data.comment_id, person_id: e.data.person_id, project_id: e.data.project_id } }] });
