import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { TaskDeleted, TaskStatusChanged, TaskUpdated } from '../task/task.events.ts';
import { commented, created, ids, statuses } from '../task/task.given.ts';
import { sayOnTask, type CommentTask } from './comment-task.ts';

const say = (comment_id: string, task_status_id: string, more: Partial<CommentTask> = {}): CommentTask => ({ task_id: ids.task_id, comment_id, task_status_id, text: '', person_id: 'ana', created_at: null, checklist: [], links: [], for_client: false,
  mentions: [], department_mentions: [], statuses, ...more });
const NOW = '2024-03-04T10:00:00';

describe('comment a task', () => {
  it('says it, changes the task and tells of the status', () => given(sayOnTask, created).when(say('c1', 'wip')).then(
    commented('c1', { task_status_id: 'wip' }), TaskUpdated({ ...ids, changes: { task_status_id: 'wip', last_comment_date: NOW, real_start_date: NOW } }),
    TaskStatusChanged({ ...ids, previous_task_status_id: 'todo', new_task_status_id: 'wip', person_id: 'ana' })));
  it('notes when automations wait for the status', () => given(sayOnTask, created).when(say('c1', 'wip', { sets_off: true })).thenTypes('TaskCommented', 'TaskUpdated', 'TaskStatusChanged', 'StatusAutomationsSetOff'));
  it('sets nothing off under the same status', () => given(sayOnTask, created).when(say('c1', 'todo', { sets_off: true })).thenTypes('TaskCommented', 'TaskUpdated'));
  it('moves only the last date under the same status', () => given(sayOnTask, created).when(say('c1', 'todo')).then(commented('c1'), TaskUpdated({ ...ids, changes: { last_comment_date: NOW } })));
  it('keeps the status when it is dated before another comment, and has the dates told anew', () => given(sayOnTask, created, commented('c1', { created_at: '2024-02-02T00:00:00' }))
    .when(say('c2', 'wip', { created_at: '2024-01-01T00:00:00' })).then(
      commented('c2', { task_status_id: 'wip', previous_task_status_id: 'wip', created_at: '2024-01-01T00:00:00' }), TaskUpdated({ ...ids, changes: { real_start_date: '2024-01-01T00:00:00', last_comment_date: '2024-02-02T00:00:00' } })));
  it('says nothing twice', () => given(sayOnTask, created, commented('c1')).when(say('c1', 'wip')).thenNothing());
  it('refuses a task that is gone', () => given(sayOnTask, created, TaskDeleted({ ...ids, entity_id: null, task_type_id: null })).when(say('c1', 'wip')).thenRefused(NotFound));
});
