import { derivedId, raw, sql, type Context } from '@shotlog/kernel';
import { taskStatus } from '../task-status/task-status.ts';
import { taskType } from '../task-type/task-type.ts';
import { bringComment, bringPlain } from './bring.ts';
import { bringTask } from './kitsu.ts';

/** A thing as the API of Shotgun answers it. */
export type Gun = Record<string, any> & { id: number };

/** The id of what was brought over under a number of Shotgun. */
export const byNumber = async (context: Context, table: string, number: unknown, more = raw('true')): Promise<string | null> =>
  Number.isInteger(number) && Math.abs(number as number) < 2 ** 31 ? (await context.db.one(sql`select id from "${raw(table)}" where shotgun_id = ${number as number} and ${more} limit 1`))?.id ?? null : null;
const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);

/** `50,149,253` as `#3295fd`. */
export const hexColor = (color: unknown, byDefault: string): string => {
  const parts = String(color ?? '').split(',').map(Number);
  return parts.length === 3 && parts.every((n) => Number.isInteger(n) && n >= 0 && n <= 255) ? `#${parts.map((n) => n.toString(16).padStart(2, '0')).join('')}` : byDefault;
};

/** A person's id by the number that they had. Only auth knows it, so all cards are looked through. */
const person = async (context: Context, number: unknown): Promise<string | null> => {
  if (!Number.isInteger(number)) return null;
  const ids = (await context.db.all(raw('select id from directory_person'))).map((r) => r.id as string);
  return [...(await context.persons(ids)).values()].find((card) => Number(card.shotgun_id ?? NaN) === number)?.id ?? null;
};

const department = async (context: Context, name: string): Promise<string> => {
  const there = await context.db.one(sql`select id from department where lower(name) = lower(${name})`);
  if (there) return there.id;
  const department_id = derivedId('shotgun department', name.toLowerCase());
  await context.send('cmd.auth.create-department', { department_id, name, color: '#000000' }, `department ${name}`);
  await context.settled();
  return department_id;
};

/** A step is a task type, in a department of its own name where it is new. */
export const step = async (entry: Gun, context: Context): Promise<string | null> => {
  const name = text(entry.code)?.slice(0, 40);
  if (!name) return null;
  const for_entity = text(entry.entity_type) ?? 'Asset';
  const id = (await byNumber(context, 'task_type', entry.id)) ?? (await context.db.one(sql`select id from task_type where lower(name) = lower(${name}) and for_entity = ${for_entity}`))?.id ?? derivedId('shotgun step', String(entry.id));
  const there = await context.db.one(sql`select 1 from task_type where id = ${id}`);
  await bringPlain(taskType, { id, name, short_name: text(entry.short_name)?.slice(0, 20) ?? null, color: hexColor(entry.color, '#FFFFFF'), for_entity, shotgun_id: entry.id,
    ...(there ? {} : { department_id: await department(context, name) }) }, context);
  return id;
};

/** A status, by its code. */
export const status = async (entry: Gun, context: Context): Promise<string | null> => {
  const short_name = text(entry.code)?.slice(0, 10);
  if (!short_name) return null;
  const id = (await byNumber(context, 'task_status', entry.id)) ?? (await context.db.one(sql`select id from task_status where lower(short_name) = lower(${short_name})`))?.id ?? derivedId('shotgun status', String(entry.id));
  await bringPlain(taskStatus, { id, name: (text(entry.name) ?? short_name).slice(0, 40), short_name, color: hexColor(entry.bg_color, '#000000'), shotgun_id: entry.id }, context);
  return id;
};

/** A task of an entity that was brought over before. */
export const task = async (entry: Gun, context: Context): Promise<string | null> => {
  const kind = String(entry.entity?.type ?? '').toLowerCase();
  const [entity_id, project_id, task_type_id] = await Promise.all([byNumber(context, 'entity', entry.entity?.id, sql`kind = ${kind}`), byNumber(context, 'project', entry.project?.id), byNumber(context, 'task_type', entry.step?.id)]);
  if (!entity_id || !project_id || !task_type_id) return null;
  const found = await context.db.one(sql`select coalesce((select id from task_status where lower(short_name) = lower(${text(entry.sg_status_list) ?? ''}) limit 1),
    (select id from task_status where is_default order by for_concept, log_position limit 1)) as id`);
  const assignees = (await Promise.all((Array.isArray(entry.task_assignees) ? entry.task_assignees : []).map((p: any) => person(context, p?.id)))).filter((id): id is string => id !== null);
  const id = (await byNumber(context, 'task', entry.id)) ?? derivedId('shotgun task', String(entry.id));
  const time = (value: unknown) => (typeof value === 'string' ? value : null);
  await bringTask({ id, name: (text(entry.cached_display_name) ?? 'main').slice(0, 80), project_id, entity_id, task_type_id, task_status_id: found!.id, assigner_id: await person(context, entry.created_by?.id), start_date: time(entry.start_date),
    due_date: time(entry.due_date), sort_order: entry.sg_sort_order ?? 0, duration: entry.duration ?? 0, shotgun_id: entry.id, assignees }, context);
  return id;
};

/** A note is a comment of its first task. */
export const note = async (entry: Gun, context: Context): Promise<string | null> => {
  const task_id = await byNumber(context, 'task', entry.tasks?.[0]?.id);
  if (!task_id) return null;
  const id = (await byNumber(context, 'comment', entry.id)) ?? derivedId('shotgun note', String(entry.id));
  await context.runAsSystem(bringComment, { task_id, comment_id: id, facts: { text: text(entry.content) ?? '', person_id: await person(context, entry.user?.id), created_at: entry.created_at, shotgun_id: entry.id } }, id);
  return id;
};
