import { allow, command, Invalid, isId, NotFound, spanning, sql, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { CommentAcknowledged, CommentReplied, CommentUnacknowledged, ReplyDeleted } from '../task/task.events.ts';
import { found, onComment } from './change-comments.ts';
import { existingComment, plainComment, shortCard, wholeComment } from './comment.queries.ts';
import { findMentions } from './mentions.ts';

const Id = z.guid();
const Ids = z.object({ task_id: Id, comment_id: Id });
const text = z.string({ error: 'text must be a text.' }).max(200_000, { error: 'text is too long.' }).refine((v) => !v.includes('\0'), { error: 'text holds a NUL character.' });

/** Takes notice, or takes that back. */
export const acknowledge = command({
  ...onComment, subject: 'cmd.tasks.acknowledge-comment', schema: Ids.extend({ person_id: Id }),
  decide: ({ task_id, comment_id, person_id }: { task_id: string; comment_id: string; person_id: string }, state): NewEvent[] => {
    const { task, comment } = found(state, comment_id);
    const ids = { task_id, project_id: task.project_id, comment_id, person_id };
    return [comment.acknowledgements.includes(person_id) ? CommentUnacknowledged(ids) : CommentAcknowledged(ids)];
  },
});
/** Notes that the caller has taken notice of a comment; asked again, takes it back. */
export const ackComment = spanning({
  subject: 'cmd.tasks.ack-comment', access: to.team.but({ client: 'filtered', vendor: 'filtered' }), schema: z.object({ task_id: z.string(), comment_id: z.string() }),
  handle: async ({ task_id, comment_id }, context) => {
    if (!isId(comment_id) || !isId(task_id)) throw new NotFound('comment');
    const { row, visible } = await existingComment(context.db, context.caller, comment_id, task_id);
    allow(visible);
    await context.runAsSystem(acknowledge, { task_id: row.object_id, comment_id: row.id, person_id: context.caller.personId }, 'ack');
    await context.settled();
    return wholeComment(context.db, context.caller, row.id);
  },
});

type NewReply = { task_id: string; comment_id: string; reply_id: string; person_id: string | null; text: string; mentions: string[]; department_mentions: string[] };
/** An answer with its id; one that is there already: nothing. */
export const addReply = command({
  ...onComment, subject: 'cmd.tasks.add-reply', schema: Ids.extend({ reply_id: Id, person_id: Id.nullable(), text: z.string(), mentions: z.array(Id), department_mentions: z.array(Id) }),
  decide: (reply: NewReply, state): NewEvent[] => {
    const { task, comment } = found(state, reply.comment_id);
    if (comment.replies.some((r) => r.id === reply.reply_id)) return [];
    return [CommentReplied({ ...reply, project_id: task.project_id, assignees: task.assignees })];
  },
});
/** Answers below a comment: whoever sees it. Mentions are found in the text. */
export const replyToComment = spanning({
  subject: 'cmd.tasks.reply', access: to.team.but({ client: 'filtered', vendor: 'filtered' }), schema: z.object({ task_id: z.string(), comment_id: z.string(), text: z.unknown().optional() }),
  handle: async (given: any, context) => {
    if (!isId(given.comment_id) || !isId(given.task_id)) throw new NotFound('comment');
    const { row, task, visible } = await existingComment(context.db, context.caller, given.comment_id, given.task_id);
    allow(visible);
    const parsed = text.min(1, { error: 'text is needed.' }).safeParse(given.text);
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message, { data: { errors: [{ field: 'text', message: parsed.error.issues[0]!.message }] } });
    const reply_id = context.moment.id('reply');
    const person_id = context.caller.personId;
    await context.runAsSystem(addReply, { task_id: task.id, comment_id: row.id, reply_id, person_id, text: parsed.data, ...(await findMentions(parsed.data, task.project_id, context)) }, 'reply');
    await context.settled();
    const [reply, card] = await Promise.all([
      context.db.one(sql`select r from comment c, jsonb_array_elements(c.replies) r where c.id = ${row.id} and r->>'id' = ${reply_id}`), context.persons([person_id]).then((cards) => cards.get(person_id)),
    ]);
    return { ...reply!.r, person: card ? shortCard(card) : null };
  },
});

/** Takes an answer out. */
export const removeReply = command({
  ...onComment, subject: 'cmd.tasks.remove-reply', schema: Ids.extend({ reply_id: Id }),
  decide: ({ task_id, comment_id, reply_id }: { task_id: string; comment_id: string; reply_id: string }, state): NewEvent[] => {
    const { task, comment } = found(state, comment_id);
    return comment.replies.some((r) => r.id === reply_id) ? [ReplyDeleted({ task_id, project_id: task.project_id, comment_id, reply_id })] : [];
  },
});
/** Takes an answer away: who gave it, or who manages the production. */
export const deleteReply = spanning({
  subject: 'cmd.tasks.delete-reply', access: to.teamOneself, schema: z.object({ task_id: z.string(), comment_id: z.string(), reply_id: z.string() }),
  handle: async ({ task_id, comment_id, reply_id }, context) => {
    if (!isId(comment_id) || !isId(task_id)) throw new NotFound('comment');
    const { row, task, visible } = await existingComment(context.db, context.caller, comment_id, task_id);
    allow(visible);
    const reply = (row.replies ?? []).find((r: any) => r.id === reply_id);
    if (!reply) throw new NotFound('reply', reply_id);
    allow(context.caller.isAdmin || reply.person_id === context.caller.id);
    await context.runAsSystem(removeReply, { task_id: task.id, comment_id: row.id, reply_id }, 'delete');
    await context.settled();
    return plainComment(context.db, context.caller, row.id);
  },
});

/** What is sent by no route. */
export const talkSteps = [acknowledge, addReply, removeReply];
