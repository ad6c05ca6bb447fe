import { NotFound, oneText, raw, selectList, sql, type Caller, type Context, type Db, type PersonCard, type Statement } from '@shotlog/kernel';
import { commentShape, forClients } from './comment.table.ts';
import { seesTask } from '../task/task.policy.ts';
import { existingTask } from '../task/task.queries.ts';

/** What everybody may see of a person. */
export const shortCard = (card: PersonCard) => ({ id: card.id, first_name: card.first_name, last_name: card.last_name, full_name: card.full_name, has_avatar: card.has_avatar, role: card.role });

const STATUS = raw(`(select row_to_json(x) from (select s.id, s.name, s.archived, s.short_name, s.description, s.color, s.priority, s.is_done, s.is_artist_allowed, s.is_client_allowed, s.is_retake, s.is_feedback_request,
  s.is_default, s.is_wip, s.shotgun_id, s.for_concept, s.created_at, s.updated_at, 'TaskStatus' as type from task_status s where s.id = t.task_status_id) x) as task_status`);
const SHORT_STATUS = raw("(select json_build_object('id', s.id, 'name', s.name, 'short_name', s.short_name, 'color', s.color) from task_status s where s.id = t.task_status_id) as task_status");

/** A comment as the answer to saying it: with its author, whole for the author and for who manages the production, and its status. */
export const commentAnswer = async (context: Pick<Context, 'db' | 'caller' | 'persons'>, comment_id: string): Promise<any> => {
  const { db, caller } = context;
  const text = await db.text(sql`select row_to_json(r)::text as text from (select ${selectList(commentShape, caller, true)}, t.project_id as "_project_id", ${STATUS} from comment t where t.id = ${comment_id}) r`);
  if (text === '') throw new NotFound('comment', comment_id);
  const { _project_id, ...comment } = JSON.parse(text);
  const card = comment.person_id === null ? undefined : (await context.persons([comment.person_id])).get(comment.person_id);
  const whole = card && (card.id === caller.id || caller.manages(_project_id));
  return { ...comment, person: card ? (whole ? card : shortCard(card)) : null };
};

/** Which comments of a production a caller may see, as SQL over `t`; null for all. */
export const visibleComments = (caller: Caller, project_id: string): Statement | null =>
  !caller.isAdmin && caller.roleIn(project_id) === 'client' ? forClients(caller.personId) : null;

const withPersons = async (context: Pick<Context, 'persons'>, comments: any[]): Promise<any[]> => {
  const ids = comments.flatMap((c) => [c.person_id, c.editor_id, ...(c.replies ?? []).map((r: any) => r.person_id)]).filter(Boolean);
  const cards = await context.persons([...new Set<string>(ids)]);
  const card = (id: string | null) => { const found = id ? cards.get(id) : undefined; return found ? shortCard(found) : null; };
  return comments.map((c) => ({ ...c, person: card(c.person_id), ...(c.editor_id ? { editor: card(c.editor_id) } : {}), replies: (c.replies ?? []).map((r: any) => ({ ...r, person: card(r.person_id) })) }));
};

/** The comments of a task with their authors: pinned ones first, then newest first. */
export const commentsOfTask = async (context: Pick<Context, 'db' | 'caller' | 'persons'>, task: { id: string; project_id: string }): Promise<any[]> => {
  const { db, caller } = context;
  const visible = visibleComments(caller, task.project_id) ?? raw('true');
  const text = await db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (select ${selectList(commentShape, caller, true)}, ${SHORT_STATUS} from comment t
    where t.object_id = ${task.id} and ${visible} order by t.pinned is true desc, t.created_at desc, t.log_position desc) r`);
  return withPersons(context, JSON.parse(text));
};

/** A comment's row for one who may see it. @throws NotFound (404), Forbidden (403). */
export const existingComment = async (db: Db, caller: Caller, id: string, task_id?: string): Promise<{ row: Record<string, any>; task: Record<string, any>; visible: boolean }> => {
  const row = await db.one(sql`select t.*, t.mentions::text[] as mentions, t.department_mentions::text[] as department_mentions, t.acknowledgements::text[] as acknowledgements,
    to_char(t.created_at, 'YYYY-MM-DD"T"HH24:MI:SS') as created_at_text, ${caller.id === null ? raw('true') : forClients(caller.id)} as shared from comment t where t.id = ${id}`);
  if (!row || (task_id !== undefined && row.object_id !== task_id)) throw new NotFound('comment', id);
  const task = await existingTask(db, row.object_id);
  const visible = seesTask(caller, task as any) && (caller.isAdmin || caller.roleIn(task.project_id) !== 'client' || row.shared);
  return { row, task, visible };
};

/** A comment without what hangs on it. */
export const plainComment = async (db: Db, caller: Caller, id: string): Promise<any> => JSON.parse((await oneText(db, commentShape, caller, sql`t.id = ${id}`, false)) ?? 'null');
/** A comment with what hangs on it. */
export const wholeComment = async (db: Db, caller: Caller, id: string): Promise<any> => JSON.parse((await oneText(db, commentShape, caller, sql`t.id = ${id}`, true)) ?? 'null');
/** A comment with what hangs on it and its author. */
export const commentWithPerson = async (context: Pick<Context, 'db' | 'caller' | 'persons'>, id: string): Promise<any> => {
  const comment = await wholeComment(context.db, context.caller, id);
  const card = comment.person_id ? (await context.persons([comment.person_id])).get(comment.person_id) : undefined;
  return { ...comment, person: card ? shortCard(card) : null };
};
