import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { TaskStatusChanged, TaskUpdated } from '../task/task.events.ts';
import { commented, created, ids, statuses } from '../task/task.given.ts';
import type { CommentFacts } from '../task/task.state.ts';
import { receiveComment } from './move-comment.ts';

const comment: CommentFacts = { id: 'c1', person_id: 'ana', task_status_id: 'wip', created_at: '2024-01-01T00:00:00', text: 'here', checklist: [], pinned: true, links: [], for_client: false, mentions: [], department_mentions: [],
  acknowledgements: ['sue'], replies: [], data: null, shotgun_id: null };
const arrive = { task_id: ids.task_id, from: 'sh010-light', comment, statuses, person_id: 'bob' };

describe('receive a comment of another task', () => {
  it('keeps its id, time and what hangs on it, and follows its status', () => given(receiveComment, created).when(arrive).then(
    { ...commented('c1'), data: { ...commented('c1').data, task_status_id: 'wip', previous_task_status_id: 'wip', text: 'here', created_at: '2024-01-01T00:00:00', pinned: true, acknowledgements: ['sue'], replies: [], moved_from: 'sh010-light' } },
    TaskUpdated({ ...ids, changes: { task_status_id: 'wip', real_start_date: '2024-01-01T00:00:00', last_comment_date: '2024-01-01T00:00:00' } }),
    TaskStatusChanged({ ...ids, previous_task_status_id: 'todo', new_task_status_id: 'wip', person_id: 'bob' })));
  it('receives it once', () => given(receiveComment, created, commented('c1')).when(arrive).thenNothing());
});
