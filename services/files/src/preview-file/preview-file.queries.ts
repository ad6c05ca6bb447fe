import { Forbidden, isId, join, NotFound, oneText, raw, rendered, selectList, sql, type Caller, type Context, type Db, type Rendered, type Statement } from '@shotlog/kernel';
import { previewFileShape } from './preview-file.projection.ts';
import { visibleTo, type Belongs } from './preview-file.policy.ts';

/** A preview file with what policies and work on it need of its surroundings. */
export type PreviewRow = Belongs & {
  id: string; task_id: string | null; comment_id: string | null; entity_id: string | null; revision: number; position: number; extension: string | null; status: string; name: string | null; original_name: string | null;
  source_key: string | null; kind: 'picture' | 'movie' | 'file' | null; annotations: any; width: number; height: number; duration: number;
};

const ROW = raw(`t.id, t.task_id, t.comment_id, t.of_entity_id as entity_id, t.production_id as project_id, t.person_id, t.revision::int, t.position::int, t.extension, t.status, t.name, t.original_name, t.source_key, t.kind,
  t.annotations, t.width::int, t.height::int, t.duration, coalesce((select k.assignees::text[] from task k where k.id = t.task_id), '{}') as assignees`);

/** @throws NotFound (404). */
export const previewRow = async (db: Db, id: string): Promise<PreviewRow> => {
  const row = isId(id) ? await db.one<PreviewRow>(sql`select ${ROW} from preview_file t where t.id = ${id}`) : null;
  if (!row) throw new NotFound('preview file', id.slice(0, 60));
  return row;
};

/** The same, for who may see it. @throws NotFound, Forbidden. */
export const visibleRow = async (db: Db, caller: Caller, id: string): Promise<PreviewRow> => {
  const row = await previewRow(db, id);
  const scope = visibleTo(caller);
  if (scope && !(await db.one(sql`select 1 from preview_file t where t.id = ${row.id} and ${scope}`))) throw new Forbidden();
  return row;
};

export const previewJson = async (context: Pick<Context, 'db' | 'caller'>, id: string, relations: boolean): Promise<any> =>
  JSON.parse((await oneText(context.db, previewFileShape, context.caller, sql`t.id = ${id}`, relations)) ?? 'null');

/** Whole preview files, as lists show them. */
export const previewList = (db: Db, caller: Caller, where: Statement, order: Statement = raw('t.log_position')): Promise<Rendered> => {
  const scope = visibleTo(caller);
  return rendered(db, sql`select ${selectList(previewFileShape, caller, false)} from preview_file t where ${join([where, ...(scope ? [scope] : [])], ' and ')} order by ${order}`);
};

export type TaskRow = { id: string; project_id: string; entity_id: string | null; task_type_id: string | null; assignees: string[] };
/** @throws NotFound (404). */
export const taskRow = async (db: Db, id: string): Promise<TaskRow> => {
  const row = isId(id) ? await db.one<TaskRow>(sql`select id, project_id, entity_id, task_type_id, coalesce(assignees::text[], '{}') as assignees from task where id = ${id}`) : null;
  if (!row) throw new NotFound('task', id.slice(0, 60));
  return row;
};

/** A comment of a task. @throws NotFound (404), also for a comment of another task. */
export const commentRow = async (db: Db, task_id: string, comment_id: string): Promise<{ id: string; person_id: string | null }> => {
  const row = isId(comment_id) ? await db.one<{ id: string; person_id: string | null }>(sql`select id, person_id from comment where id = ${comment_id} and object_id = ${task_id}`) : null;
  if (!row) throw new NotFound('comment', comment_id.slice(0, 60));
  return row;
};
