import { allow, command, Forbidden, Invalid, isId, NotFound, spanning, sql, to, type Caller, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { CommentDeleted, CommentUpdated, TaskStatusChanged, TaskUpdated } from '../task/task.events.ts';
import { supervisesTask } from '../task/task.policy.ts';
import { taskState, taskStream, type CommentFacts, type LiveTask, type TaskState } from '../task/task.state.ts';
import { Checklist, Links } from './comment-task.ts';
import { existingComment, plainComment } from './comment.queries.ts';
import { findMentions } from './mentions.ts';
import { fromComments, type Statuses } from './status-rules.ts';

const Id = z.guid();
/** What every step on one comment shares: the system decides it in the task's stream. */
export const onComment = { state: taskState, access: to.system, stream: ({ task_id }: { task_id: string }) => taskStream(task_id) };
const Ids = z.object({ task_id: Id, comment_id: Id });

/** The comment in its task. @throws NotFound (404). */
export const found = (state: TaskState, comment_id: string): { task: LiveTask; comment: CommentFacts } => {
  const comment = state.status === 'live' ? state.comments.find((c) => c.id === comment_id) : undefined;
  if (state.status !== 'live' || !comment) throw new NotFound('comment', comment_id);
  return { task: state, comment };
};
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What a changed set of comments makes of the task. */
export const recomputed = (task: LiveTask, comments: CommentFacts[], statuses: Statuses, default_status_id: string | null, person_id: string | null): NewEvent[] => {
  const ids = { task_id: task.id, project_id: task.project_id };
  const previous: string | null = task.fields.task_status_id ?? null;
  const changes = fromComments(task, statuses, comments, default_status_id);
  const moved = changes.task_status_id !== undefined && changes.task_status_id !== previous;
  return [
    ...(Object.keys(changes).length > 0 ? [TaskUpdated({ ...ids, changes })] : []),
    ...(moved ? [TaskStatusChanged({ ...ids, previous_task_status_id: previous, new_task_status_id: changes.task_status_id!, person_id })] : []),
  ];
};

type Change = { task_id: string; comment_id: string; changes: Record<string, any>; statuses: Statuses; person_id: string | null };
/** Changes a comment; where its status changes, the task's status and dates are told anew. */
export const changeComment = command({
  ...onComment, subject: 'cmd.tasks.change-comment', schema: Ids.extend({ changes: z.record(z.string(), z.any()), statuses: z.record(z.string(), z.any()), person_id: Id.nullable() }),
  decide: ({ task_id, comment_id, changes, statuses, person_id }: Change, state): NewEvent[] => {
    const { task, comment } = found(state, comment_id);
    const changed = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !same((comment as any)[name], value)));
    if (Object.keys(changed).every((name) => name === 'editor_id')) return [];
    const after = task.comments.map((c) => (c.id === comment_id ? { ...c, ...changed } : c));
    return [CommentUpdated({ task_id, project_id: task.project_id, comment_id, changes: changed }), ...('task_status_id' in changed ? recomputed(task, after, statuses, null, person_id) : [])];
  },
});

type Removal = { task_id: string; comment_id: string; statuses: Statuses; default_status_id: string | null; person_id: string | null; moved_to?: string };
/** Takes a comment out of its task, whose status and dates are told anew from the comments that are left. One that is gone: nothing. */
export const removeComment = command({
  ...onComment, subject: 'cmd.tasks.remove-comment',
  schema: Ids.extend({ statuses: z.record(z.string(), z.any()), default_status_id: Id.nullable(), person_id: Id.nullable(), moved_to: Id.optional() }),
  decide: ({ task_id, comment_id, statuses, default_status_id, person_id, moved_to }: Removal, state): NewEvent[] => {
    if (state.status !== 'live' || !state.comments.some((c) => c.id === comment_id)) return [];
    return [CommentDeleted({ task_id, project_id: state.project_id, comment_id, ...(moved_to ? { moved_to } : {}) }),
      ...recomputed(state, state.comments.filter((c) => c.id !== comment_id), statuses, default_status_id, person_id)];
  },
});

/** Statuses with what they mean, and the one that a task without comments has. */
export const statusesFor = async (context: Pick<Context, 'db'>, entity_id: string | null): Promise<{ statuses: Statuses; default_status_id: string | null }> => {
  const row = await context.db.one(sql`select (select json_object_agg(s.id, json_build_object('id', s.id, 'is_done', s.is_done, 'is_retake', s.is_retake, 'is_feedback_request', s.is_feedback_request, 'is_wip', s.is_wip))
    from task_status s) as statuses,
    (select s.id from task_status s where s.is_default order by (s.for_concept is true) = coalesce((select e.kind = 'concept' from entity e where e.id = ${entity_id}), false) desc, s.archived, s.log_position limit 1) as default_status_id`);
  return { statuses: row!.statuses ?? {}, default_status_id: row!.default_status_id };
};

const text = z.string({ error: 'text must be a text.' }).max(200_000).refine((v) => !v.includes('\0'), { error: 'text holds a NUL character.' });
const flag = (name: string) => z.boolean({ error: `${name} must be true or false.` }).nullish();
const Changes = z.object({
  text: text.nullish(), checklist: Checklist.nullish(), links: Links.nullish(), pinned: flag('pinned'), for_client: flag('for_client'), task_status_id: z.string().refine(isId, { error: 'task_status_id must be an id.' }).nullish(),
  data: z.any().optional(), person_id: z.string().refine(isId, { error: 'person_id must be an id.' }).nullish(),
}, { error: 'The body must be an object.' });
const EDITABLE = Object.keys(Changes.shape);

/** Managers change everything, authors text, links and checklist, supervisors pins; whoever sees the comment ticks its checklist. */
const mayEdit = (caller: Caller, row: Record<string, any>, task: any, names: string[]): void => {
  if (caller.manages(task.project_id)) return;
  const allowed = new Set(['checklist', ...(supervisesTask(caller, task) ? ['pinned'] : []), ...(row.person_id === caller.id ? ['text', 'links'] : [])]);
  if (names.length === 0 || names.some((name) => !allowed.has(name))) throw new Forbidden();
};

/** Changes a comment; mentions follow the text. The editor is noted. */
export const editComment = spanning({
  subject: 'cmd.tasks.edit-comment', access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), schema: z.object({ comment_id: z.string(), body: z.unknown().optional() }),
  handle: async ({ comment_id, body }: any, context) => {
    if (!isId(comment_id)) throw new Invalid(`"${comment_id.slice(0, 60)}" is no id.`);
    const { row, task, visible } = await existingComment(context.db, context.caller, comment_id);
    allow(visible);
    mayEdit(context.caller, row, task, Object.keys(body ?? {}).filter((name) => EDITABLE.includes(name)));
    const parsed = Changes.safeParse(body ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues.map((i) => i.message).join(' '));
    const { statuses } = await statusesFor(context, task.entity_id);
    const changes: Record<string, any> = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
    for (const name of ['text', 'checklist', 'links', 'for_client', 'task_status_id', 'person_id']) if (changes[name] === null) delete changes[name];
    if (changes.task_status_id && !Object.hasOwn(statuses, changes.task_status_id)) throw new Invalid('task_status_id names nothing that exists.');
    if (changes.person_id && !(await context.db.one(sql`select 1 from directory_person where id = ${changes.person_id}`))) throw new Invalid('person_id names nobody.');
    if (changes.text !== undefined) Object.assign(changes, await findMentions(changes.text, task.project_id, context));
    await context.runAsSystem(changeComment, { task_id: task.id, comment_id: row.id, changes: { ...changes, editor_id: context.caller.id }, statuses, person_id: context.caller.id }, 'edit');
    await context.settled();
    return plainComment(context.db, context.caller, row.id);
  },
});

/** Deletes a comment: its author, or who manages the production. `task_id` null where the route names none. */
export const deleteComment = spanning({
  subject: 'cmd.tasks.delete-comment', access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), schema: z.object({ comment_id: z.string(), task_id: z.string().nullable() }),
  handle: async ({ comment_id, task_id }, context) => {
    if (!isId(comment_id)) throw task_id === null ? new Invalid(`"${comment_id.slice(0, 60)}" is no id.`) : new NotFound('comment');
    const { row, task, visible } = await existingComment(context.db, context.caller, comment_id, task_id ?? undefined);
    allow(visible && (row.person_id === context.caller.id || context.caller.manages(task.project_id)));
    await context.runAsSystem(removeComment, { task_id: task.id, comment_id: row.id, ...(await statusesFor(context, task.entity_id)), person_id: context.caller.id }, 'delete');
  },
});

/** What is sent by no route. */
export const changeSteps = [changeComment, removeComment];
