import { describe, expect, it } from 'vitest';
import type { CommentFacts, LiveTask } from '../task/task.state.ts';
import { afterComment, fromComments, isNewest, type Statuses } from './status-rules.ts';

const flags = (id: string, more: object = {}) => ({ id, is_done: false, is_retake: false, is_feedback_request: false, is_wip: false, ...more });
const statuses: Statuses = { todo: flags('todo'), wip: flags('wip', { is_wip: true }), wfa: flags('wfa', { is_feedback_request: true }), retake: flags('retake', { is_retake: true }), done: flags('done', { is_done: true }) };
const task = (fields: object = {}, comments: CommentFacts[] = []): LiveTask => ({ status: 'live', id: 't', project_id: 'p', fields: { task_status_id: 'todo', retake_count: 0, ...fields }, assignees: [], comments });
const said = (task_status_id: string, created_at: string) => ({ id: created_at, task_status_id, created_at }) as CommentFacts;

describe('the newest comment', () => {
  it('starts the work under a status of work in progress, once', () => {
    expect(afterComment(task(), statuses, 'wip', 'now')).toEqual({ task_status_id: 'wip', last_comment_date: 'now', real_start_date: 'now' });
    expect(afterComment(task({ real_start_date: 'then' }), statuses, 'wip', 'now')).toEqual({ task_status_id: 'wip', last_comment_date: 'now' });
  });
  it('counts a retake only when it comes from another status', () => {
    expect(afterComment(task({ task_status_id: 'wfa', retake_count: 1 }), statuses, 'retake', 'now').retake_count).toBe(2);
    expect(afterComment(task({ task_status_id: 'retake', retake_count: 1 }), statuses, 'retake', 'now')).toEqual({ last_comment_date: 'now' });
  });
  it('ends the work with a request for feedback and keeps that end when done', () => {
    expect(afterComment(task(), statuses, 'wfa', 'now')).toEqual({ task_status_id: 'wfa', last_comment_date: 'now', end_date: 'now' });
    expect(afterComment(task({ task_status_id: 'wfa', end_date: 'then' }), statuses, 'done', 'now')).toEqual({ task_status_id: 'done', last_comment_date: 'now', done_date: 'now' });
  });
  it('takes both ends back under any other status', () =>
    expect(afterComment(task({ task_status_id: 'done', end_date: 'then', done_date: 'then' }), statuses, 'todo', 'now')).toEqual({ task_status_id: 'todo', last_comment_date: 'now', end_date: null, done_date: null }));
});

describe('what all comments say', () => {
  it('is the first start, the first request for feedback, the last done and each retake that follows another status', () =>
    expect(fromComments(task(), statuses, [said('retake', '6'), said('wip', '1'), said('wfa', '2'), said('retake', '3'), said('retake', '4'), said('done', '5'), said('wfa', '7')], null))
      .toEqual({ task_status_id: 'wfa', retake_count: 2, real_start_date: '1', end_date: '2', done_date: '5', last_comment_date: '7' }));
  it('is the default status and no dates without any', () =>
    expect(fromComments(task({ task_status_id: 'done', done_date: 'x', last_comment_date: 'x' }), statuses, [], 'todo')).toEqual({ task_status_id: 'todo', done_date: null, last_comment_date: null }));
  it('passes over comments that came without a status', () =>
    expect(fromComments(task(), statuses, [said('wip', '1'), { ...said('wip', '2'), task_status_id: null }], null)).toEqual({ task_status_id: 'wip', real_start_date: '1', last_comment_date: '2' }));
  it('tells the newest comment by its time', () => {
    expect(isNewest(task({}, [said('wip', '2024-01-02')]), '2024-01-02')).toBe(true);
    expect(isNewest(task({}, [said('wip', '2024-01-02')]), '2024-01-01')).toBe(false);
  });
});
