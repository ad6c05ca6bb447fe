import { allow, command, Invalid, isId, NotFound, spanning, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskCommented } from '../task/task.events.ts';
import { existingTask } from '../task/task.queries.ts';
import { taskState, taskStream, type CommentFacts } from '../task/task.state.ts';
import { recomputed, removeComment, statusesFor } from './change-comments.ts';
import { existingComment, wholeComment } from './comment.queries.ts';
import type { Statuses } from './status-rules.ts';

type Arrival = { task_id: string; from: string; comment: CommentFacts; statuses: Statuses; person_id: string | null };
/** A comment arrives from another task with all that hangs on it; the task's status and dates are told anew. */
export const receiveComment = command({
  subject: 'cmd.tasks.receive-comment', schema: z.object({ task_id: z.guid(), from: z.guid(), comment: z.any().optional(), statuses: z.record(z.string(), z.any()), person_id: z.guid().nullable() }), state: taskState,
  access: to.system, stream: ({ task_id }) => taskStream(task_id),
  decide: ({ task_id, from, comment, statuses, person_id }: Omit<Arrival, 'comment'> & { comment?: CommentFacts }, state): NewEvent[] => {
    if (state.status !== 'live') throw new NotFound('task', task_id);
    if (!comment || state.comments.some((c) => c.id === comment.id)) return [];
    const { id, ...facts } = comment;
    return [
      TaskCommented({ ...facts, task_id, project_id: state.project_id, comment_id: id, entity_id: state.fields.entity_id ?? null, task_type_id: state.fields.task_type_id ?? null,
        previous_task_status_id: facts.task_status_id, assignees: state.assignees, moved_from: from }),
      ...recomputed(state, [...state.comments, comment], statuses, null, person_id),
    ];
  },
});

/** Moves a comment to another task of the same entity: first it arrives there, then it leaves, so that no crash loses it. Managers. */
export const moveComment = spanning({
  subject: 'cmd.tasks.move-comment', access: to.teamManagers, schema: z.object({ task_id: z.string(), comment_id: z.string(), target_task_id: z.unknown().optional() }),
  handle: async ({ task_id, comment_id, target_task_id }: any, context) => {
    if (!isId(comment_id) || !isId(task_id)) throw new NotFound('comment');
    const { row, task } = await existingComment(context.db, context.caller, comment_id, task_id);
    allow(context.caller.manages(task.project_id));
    if (!isId(target_task_id)) throw new Invalid('target_task_id must be the id of a task.');
    const target = await existingTask(context.db, target_task_id);
    if (target.id === task.id || target.entity_id !== task.entity_id) throw new Invalid('A comment moves to another task of the same entity.');
    const comment: CommentFacts = { id: row.id, person_id: row.person_id, task_status_id: row.task_status_id, created_at: String(row.created_at_text), text: row.text, checklist: row.checklist, pinned: row.pinned,
      links: row.links, for_client: row.for_client, mentions: row.mentions ?? [], department_mentions: row.department_mentions ?? [], acknowledgements: row.acknowledgements ?? [], replies: row.replies ?? [],
      data: row.data, shotgun_id: row.shotgun_id };
    const known = await statusesFor(context, task.entity_id);
    await context.runAsSystem(receiveComment, { task_id: target.id, from: task.id, comment, statuses: known.statuses, person_id: context.caller.id }, 'arrive');
    await context.runAsSystem(removeComment, { task_id: task.id, comment_id: row.id, ...known, person_id: context.caller.id, moved_to: target.id }, 'leave');
    await context.settled();
    return wholeComment(context.db, context.caller, row.id);
  },
});
