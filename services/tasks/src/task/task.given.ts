import { TaskCommented, TaskCreated } from './task.events.ts';

/** Ids and events that the deciders' tests start from. */
export const ids = { task_id: 'sh010-anim', project_id: 'film' };
const flags = (id: string, more: object = {}) => ({ id, is_done: false, is_retake: false, is_feedback_request: false, is_wip: false, ...more });
export const statuses = { todo: flags('todo'), wip: flags('wip', { is_wip: true }), wfa: flags('wfa', { is_feedback_request: true }), retake: flags('retake', { is_retake: true }), done: flags('done', { is_done: true }) };

/** The task as it was created: todo, of nobody. */
export const created = TaskCreated({ ...ids, name: 'main', entity_id: 'sh010', task_type_id: 'anim', task_status_id: 'todo', retake_count: 0, assigner_id: null, assignees: [] });

/** A comment that changed nothing of its task. */
export const commented = (comment_id: string, more: object = {}) => TaskCommented({ ...ids, comment_id, entity_id: 'sh010', task_type_id: 'anim', person_id: 'ana', task_status_id: 'todo', previous_task_status_id: 'todo', text: '', checklist: [],
  for_client: false, links: [], mentions: [], department_mentions: [], assignees: [], data: null, shotgun_id: null, created_at: null, ...more });
