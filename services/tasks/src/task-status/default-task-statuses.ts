import type { Context } from '@shotlog/kernel';
import { defaultTaskStatusId, taskStatus } from './task-status.ts';

/** Name, short name, colour and what the status means, as a studio finds them at its first start. */
const DEFAULT_TASK_STATUSES: readonly [string, string, string, Record<string, boolean>][] = [
  ['Todo', 'todo', '#f5f5f5', { is_default: true }],
  ['Work In Progress', 'wip', '#3273dc', { is_wip: true }],
  ['Waiting For Approval', 'wfa', '#ab26ff', { is_feedback_request: true }],
  ['Retake', 'retake', '#ff3860', { is_retake: true }],
  ['Done', 'done', '#22d160', { is_done: true }],
  ['Ready To Start', 'ready', '#fbc02d', {}],
  ['Neutral', 'neutral', '#CCCCCC', { is_default: true, for_concept: true }],
  ['Approved', 'approved', '#66BB6A', { for_concept: true }],
  ['Rejected', 'rejected', '#E81123', { for_concept: true }],
];

/** Makes the task statuses that stand there from the first start. */
export const makeDefaultTaskStatuses = async (context: Context): Promise<void> => {
  for (const [name, short_name, color, flags] of DEFAULT_TASK_STATUSES) {
    await context.run(taskStatus.commands.create, { task_status_id: defaultTaskStatusId(short_name), name, short_name, color, ...flags }, `task status ${short_name}`);
  }
};
