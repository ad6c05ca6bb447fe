import { command, Invalid, isDate, isId, NotFound, raw, sql, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { maySeeTask, mayComment } from '../task/task.policy.ts';
import { StatusAutomationsSetOff, TaskCommented, TaskStatusChanged, TaskUpdated } from '../task/task.events.ts';
import { taskState, taskStream, type LiveTask, type TaskState } from '../task/task.state.ts';
import { commentAnswer } from './comment.queries.ts';
import { findMentions } from './mentions.ts';
import { afterComment, fromComments, isNewest, type Statuses } from './status-rules.ts';

/** The text of a comment at most, in characters. */
const MAX_TEXT = 200_000;
const noNul = (name: string) => z.string({ error: `${name} must be a text.` }).max(MAX_TEXT, { error: `${name} is too long.` }).refine((v) => !v.includes('\0'), { error: `${name} holds a NUL character.` });
/** The lines of a comment's checklist: a line without a tick is not ticked. */
export const Checklist = z.array(z.object({ text: noNul('text'), checked: z.boolean().optional() }).loose().transform((line) => ({ ...line, checked: line.checked ?? false })), { error: 'checklist must be a list of lines.' });
export const Links = z.array(noNul('link'), { error: 'links must be a list of texts.' });
const flag = z.union([z.boolean(), z.enum(['true', 'false', 'True', 'False']).transform((v) => v.toLowerCase() === 'true')], { error: 'for_client must be true or false.' });

/** What is sent to comment a task. `text` is another name of `comment`; `person_id` and `created_at` are for who manages the production. */
export const CommentBody = z.object({
  task_status_id: z.string({ error: 'task_status_id is needed.' }),
  comment: noNul('comment').nullish(), text: noNul('text').nullish(), person_id: z.string().nullish(), created_at: z.string().nullish(),
  checklist: Checklist.nullish(), links: Links.nullish(), for_client: flag.nullish(),
}, { error: 'The body must be an object.' });

export type CommentTask = {
  task_id: string; comment_id: string; task_status_id: string; text: string; person_id: string | null; created_at: string | null; checklist: any[] | null; links: string[] | null; for_client: boolean;
  mentions: string[]; department_mentions: string[]; statuses: Statuses; data?: unknown; shotgun_id?: number | null;
  /** Whether automations of the production wait for this status of the task's type. */
  sets_off?: boolean;
};

/** A comment, and what it makes of its task: the newest one moves status and dates, one that is dated back has them told anew from all comments. */
export const decideComment = (c: CommentTask, state: TaskState, at: string): NewEvent[] => {
  if (state.status !== 'live') throw new NotFound('task', c.task_id);
  if (state.comments.some((known) => known.id === c.comment_id)) return [];
  const { project_id, fields } = state;
  const ids = { task_id: c.task_id, project_id };
  const created_at = c.created_at ?? at.slice(0, 19);
  const changes = c.created_at === null || isNewest(state, created_at)
    ? afterComment(state, c.statuses, c.task_status_id, created_at)
    : fromComments(state, c.statuses, [...state.comments, { ...blank, id: c.comment_id, task_status_id: c.task_status_id, created_at }], null);
  const previous: string | null = fields.task_status_id ?? null;
  const moved = changes.task_status_id !== undefined && changes.task_status_id !== previous;
  return [
    TaskCommented({ ...ids, comment_id: c.comment_id, entity_id: fields.entity_id ?? null, task_type_id: fields.task_type_id ?? null, person_id: c.person_id, task_status_id: c.task_status_id,
      previous_task_status_id: moved ? previous : c.task_status_id, text: c.text, checklist: c.checklist, for_client: c.for_client, links: c.links, mentions: c.mentions,
      department_mentions: c.department_mentions, assignees: state.assignees, data: c.data ?? null, shotgun_id: c.shotgun_id ?? null, created_at: c.created_at }),
    ...(Object.keys(changes).length > 0 ? [TaskUpdated({ ...ids, changes })] : []),
    ...(moved ? [TaskStatusChanged({ ...ids, previous_task_status_id: previous, new_task_status_id: changes.task_status_id!, person_id: c.person_id })] : []),
    ...(moved && c.sets_off ? [StatusAutomationsSetOff({ ...ids, comment_id: c.comment_id, entity_id: fields.entity_id ?? null, task_type_id: fields.task_type_id ?? null, task_status_id: changes.task_status_id!, person_id: c.person_id })] : []),
  ];
};
const blank: Omit<LiveTask['comments'][number], 'id' | 'task_status_id' | 'created_at'> = { person_id: null, text: '', checklist: [], pinned: null, links: [], for_client: false, mentions: [],
  department_mentions: [], acknowledgements: [], replies: [], data: null, shotgun_id: null };

/** Statuses of the task `t` that automations of its production wait for. */
const AWAITED = raw(`(select coalesce(array_agg(a.in_task_status_id), '{}')::text[] from project_status_automation l join status_automation a on a.id = l.status_automation_id
    where l.project_id = t.project_id and a.archived is not true and a.in_task_type_id = t.task_type_id) as awaited`);

/** Everything of the read model that a comment needs, in one question. */
const lookUp = async (context: Context, task_id: unknown) => {
  if (!isId(task_id)) throw new NotFound('task');
  const row = await context.db.one(sql`select t.id, t.project_id, t.assignees::text[] as assignees, y.department_id,
    (select json_object_agg(s.id, json_build_object('id', s.id, 'is_done', s.is_done, 'is_retake', s.is_retake, 'is_feedback_request', s.is_feedback_request, 'is_wip', s.is_wip,
      'is_artist_allowed', s.is_artist_allowed, 'is_client_allowed', s.is_client_allowed)) from task_status s) as statuses, ${AWAITED}
    from task t left join task_type y on y.id = t.task_type_id where t.id = ${task_id}`);
  if (!row) throw new NotFound('task', task_id);
  return row as { id: string; project_id: string; assignees: string[]; department_id: string | null; statuses: Statuses & Record<string, any>; awaited: string[] };
};

const timeOf = (text: string | null | undefined): string | null => {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?)?$/.exec(text ?? '');
  const time = match && isDate(match[1]!) ? new Date(`${match[1]}T${match[2] ?? '00:00:00'}Z`) : null;
  // A time that says nothing is no time: the comment is of now.
  return time && !Number.isNaN(time.getTime()) ? time.toISOString().slice(0, 19) : null;
};

const allowed = (caller: Context['caller'], task: Awaited<ReturnType<typeof lookUp>>): void => {
  maySeeTask(caller, task);
  mayComment(caller, task, { is_artist_allowed: true, is_client_allowed: true });
};

/** Completes a comment: who says it, to whom, and what the statuses mean. @throws NotFound (404) for an unknown task or status. */
export const prepareComment = async ({ task_id, comment_id, body }: { task_id?: unknown; comment_id?: string; body?: unknown }, context: Context): Promise<CommentTask> => {
  const task = await lookUp(context, task_id);
  const { caller } = context;
  allowed(caller, task);
  const parsed = CommentBody.safeParse(body ?? {});
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
    throw new Invalid(errors.map((e) => e.message).join(' '), { data: { errors } });
  }
  const given = parsed.data;
  const status = isId(given.task_status_id) ? task.statuses?.[given.task_status_id.toLowerCase()] : undefined;
  if (!status) throw new NotFound('task status', given.task_status_id);
  mayComment(caller, task, status);
  const manages = caller.manages(task.project_id);
  const person_id = manages && given.person_id ? given.person_id.toLowerCase() : caller.id;
  if (person_id !== caller.id && !(isId(person_id) && await context.db.one(sql`select 1 from directory_person where id = ${person_id}`))) throw new NotFound('person', person_id!);
  const text = given.comment ?? given.text ?? '';
  return {
    task_id: task.id, comment_id: comment_id ?? context.moment.id('comment'), task_status_id: status.id, text, person_id, created_at: manages ? timeOf(given.created_at) : null,
    checklist: given.checklist ?? [], links: given.links ?? [], for_client: manages && given.for_client === true, statuses: task.statuses, sets_off: task.awaited.includes(status.id), ...(await findMentions(text, task.project_id, context)),
  };
};

/**
 * Comments a task under a status, which becomes the task's own when the comment is its newest.
 * @throws NotFound (404) for an unknown task or status, Forbidden (403) for who may not comment there or under this status.
 * Source: API reference, POST /actions/tasks/{task_id}/comment.
 */
export const commentTask = command({
  subject: 'cmd.tasks.comment', schema: z.object({ task_id: z.unknown().optional(), comment_id: z.guid().optional(), body: z.unknown().optional() }), state: taskState, access: to.team.but({ vendor: 'filtered' }),
  prepare: prepareComment, stream: ({ task_id }) => taskStream(task_id), decide: (c: CommentTask, state, moment) => decideComment(c, state, moment.at),
  answer: (c, context) => commentAnswer(context, c.comment_id),
});

/** The same with everything known: what automations and imports say. */
export const sayOnTask = command({
  subject: 'cmd.tasks.say', schema: z.object({ task_id: z.guid(), comment_id: z.guid(), task_status_id: z.guid(), text: z.string(), person_id: z.guid().nullable(), created_at: z.string().nullable(),
    checklist: z.array(z.any()).nullable(), links: z.array(z.string()).nullable(), for_client: z.boolean(), mentions: z.array(z.guid()), department_mentions: z.array(z.guid()), statuses: z.record(z.string(), z.any()), data: z.any().optional(), shotgun_id: z.number().nullish() }),
  state: taskState, access: to.system, stream: ({ task_id }) => taskStream(task_id),
  prepare: async (c, { db }): Promise<CommentTask> => {
    const row = await db.one<{ awaited: string[] }>(sql`select ${AWAITED} from task t where t.id = ${c.task_id}`);
    return { ...c, data: c.data ?? null, sets_off: row?.awaited.includes(c.task_status_id) ?? false };
  },
  decide: (c: CommentTask, state, moment) => decideComment(c, state, moment.at),
});
