import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { CommentDeleted, CommentUpdated, TaskStatusChanged, TaskUpdated } from '../task/task.events.ts';
import { commented, created, ids, statuses } from '../task/task.given.ts';
import { changeComment, removeComment } from './change-comments.ts';

const change = (changes: object) => ({ task_id: ids.task_id, comment_id: 'c1', changes, statuses, person_id: 'ana' });
const remove = { task_id: ids.task_id, comment_id: 'c1', statuses, default_status_id: 'todo', person_id: 'ana' };
const said = commented('c1', { created_at: '2024-01-01T00:00:00', task_status_id: 'wip', previous_task_status_id: 'todo' });
const moved = TaskUpdated({ ...ids, changes: { task_status_id: 'wip', real_start_date: '2024-01-01T00:00:00', last_comment_date: '2024-01-01T00:00:00' } });

describe('change a comment', () => {
  it('notes what changed and who did it', () => given(changeComment, created, said).when(change({ text: 'new', links: [], editor_id: 'bob' })).then(CommentUpdated({ ...ids, comment_id: 'c1', changes: { text: 'new', editor_id: 'bob' } })));
  it('does nothing when all is so already', () => given(changeComment, created, said).when(change({ text: '', editor_id: 'bob' })).thenNothing());
  it('moves the task with the status of its only comment', () => given(changeComment, created, said, moved).when(change({ task_status_id: 'retake' })).then(
    CommentUpdated({ ...ids, comment_id: 'c1', changes: { task_status_id: 'retake' } }), TaskUpdated({ ...ids, changes: { task_status_id: 'retake', retake_count: 1, real_start_date: null } }),
    TaskStatusChanged({ ...ids, previous_task_status_id: 'wip', new_task_status_id: 'retake', person_id: 'ana' })));
  it('refuses an unknown comment', () => given(changeComment, created).when(change({ text: 'x' })).thenRefused(NotFound));
});

describe('remove a comment', () => {
  it('leaves the task as its other comments say', () => given(removeComment, created, said, moved).when(remove).then(
    CommentDeleted({ ...ids, comment_id: 'c1' }), TaskUpdated({ ...ids, changes: { task_status_id: 'todo', real_start_date: null, last_comment_date: null } }),
    TaskStatusChanged({ ...ids, previous_task_status_id: 'wip', new_task_status_id: 'todo', person_id: 'ana' })));
  it('names the task that the comment went to', () => given(removeComment, created, commented('c1')).when({ ...remove, moved_to: 'sh010-light' }).then(CommentDeleted({ ...ids, comment_id: 'c1', moved_to: 'sh010-light' })));
  it('does nothing for one that is gone', () => given(removeComment, created).when(remove).thenNothing());
});
