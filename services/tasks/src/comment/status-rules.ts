import type { CommentFacts, LiveTask } from '../task/task.state.ts';

/** What a status means for a task. */
export type StatusFlags = { id: string; is_done: boolean; is_retake: boolean; is_feedback_request: boolean; is_wip: boolean };
export type Statuses = Record<string, StatusFlags>;
export type StatusChanges = { task_status_id?: string; retake_count?: number; real_start_date?: string | null; end_date?: string | null; done_date?: string | null; last_comment_date?: string | null };

const onlyChanged = (task: LiveTask, changes: StatusChanges): StatusChanges =>
  Object.fromEntries(Object.entries(changes).filter(([name, value]) => (task.fields[name] ?? null) !== value));

/**
 * What a newest comment changes of its task. A change to a retake counts one; work starts with the first comment under a status of work in progress; it ends with
 * a request for feedback and is done with a done status; any other status takes both ends back. A comment that keeps the status moves the last comment's date only.
 */
export const afterComment = (task: LiveTask, statuses: Statuses, task_status_id: string, at: string): StatusChanges => {
  const next = statuses[task_status_id];
  const previous: string | null = task.fields.task_status_id ?? null;
  const { fields } = task;
  if (!next || previous === task_status_id) return { last_comment_date: at };
  return onlyChanged(task, {
    task_status_id, last_comment_date: at,
    retake_count: (fields.retake_count ?? 0) + (next.is_retake && !(previous !== null && statuses[previous]?.is_retake) ? 1 : 0),
    real_start_date: fields.real_start_date ?? (next.is_wip ? at : null),
    end_date: next.is_feedback_request ? at : next.is_done ? (fields.end_date ?? null) : null,
    done_date: next.is_done ? at : null,
  });
};

const oldestFirst = (comments: CommentFacts[]): CommentFacts[] => [...comments].sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0));

/**
 * What a task's status and dates are when only these comments stand, as after one was dated back, moved or deleted: the status of the last one (the default status
 * without any), retakes counted anew, the first start, the first request for feedback, the last time it was done.
 */
export const fromComments = (task: LiveTask, statuses: Statuses, comments: CommentFacts[], default_status_id: string | null): StatusChanges => {
  const inOrder = oldestFirst(comments);
  const changes: Required<StatusChanges> = {
    task_status_id: inOrder.findLast((c) => c.task_status_id !== null)?.task_status_id ?? default_status_id ?? task.fields.task_status_id, retake_count: 0, real_start_date: null, end_date: null, done_date: null,
    last_comment_date: inOrder.at(-1)?.created_at ?? null,
  };
  let wasRetake = false;
  for (const { task_status_id, created_at } of inOrder) {
    const status = task_status_id === null ? undefined : statuses[task_status_id];
    if (!status) continue;
    if (status.is_retake && !wasRetake) changes.retake_count += 1;
    if (status.is_wip) changes.real_start_date ??= created_at;
    if (status.is_feedback_request) changes.end_date ??= created_at;
    if (status.is_done) changes.done_date = created_at;
    wasRetake = status.is_retake;
  }
  return onlyChanged(task, changes);
};

/** Whether a comment of that time is the newest of the task. */
export const isNewest = (task: LiveTask, created_at: string): boolean => task.comments.every((c) => c.created_at <= created_at);
