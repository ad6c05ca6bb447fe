import { bodySchema, givenTime, Invalid, isDate, isId, raw, rendered, route, selectList, spanning, sql, textArray, to, type Context, type Route, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { Comment } from '../comment/comment.answers.ts';
import { commentShape } from '../comment/comment.table.ts';
import { milestone } from '../milestone/milestone.ts';
import { scheduleItem } from '../schedule-item/schedule-item.ts';
import { createTask } from '../task/create-task.ts';
import { taskFields } from '../task/task.events.ts';
import { taskShape } from '../task/task.table.ts';
import { changeTask, setAssignees } from '../task/update-task.ts';
import { setTimeOfDay } from '../time-spent/set-time.ts';
import { timeSpent } from '../time-spent/time-spent.ts';
import { bringComment, bringPlain, entriesOf, type Entry } from './bring.ts';
import { Task } from '../task/task.answers.ts';

const TaskBody = bodySchema(taskFields);
/** Brings a task, with who is assigned. @throws Invalid (400) for what names nothing. */
export const bringTask = async (entry: Entry, context: Context): Promise<void> => {
  const parsed = TaskBody.safeParse(entry);
  if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
  const values: Record<string, any> = Object.fromEntries(Object.entries(parsed.data).filter(([, v]) => v !== undefined));
  const assignees: string[] = Array.isArray(entry.assignees) ? entry.assignees.filter(isId) : [];
  const there = await context.db.one(sql`select id, assigner_id, assignees::text[] as assignees from task where id = ${entry.id}`);
  if (there) {
    const { project_id: _, entity_id: __, ...changes } = values;
    await context.runAsSystem(changeTask, { task_id: entry.id, changes, person_id: null }, `update ${entry.id}`);
    if (Array.isArray(entry.assignees)) await setAssignees(context, { ...there, assignees: there.assignees ?? [] }, assignees);
    return;
  }
  const known = await context.db.one(sql`select exists (select 1 from entity where id = ${values.entity_id ?? null} and project_id = ${values.project_id ?? null}) as entity_id,
    exists (select 1 from task_type where id = ${values.task_type_id ?? null}) as task_type_id, exists (select 1 from task_status where id = ${values.task_status_id ?? null}) as task_status_id`);
  for (const [name, exists] of Object.entries(known!)) if (!exists) throw new Invalid(`${name} of ${entry.id} names nothing that exists.`);
  const people = await context.db.all(sql`select id from directory_person where id = any(${textArray(assignees)}::uuid[])`);
  await context.runAsSystem(createTask, { id: entry.id, values: { ...values, assignees: people.map((r) => r.id), created_at: givenTime(entry.created_at) } }, `create ${entry.id}`);
};

const comment = async (entry: Entry, context: Context): Promise<void> => {
  if (!isId(entry.object_id)) throw new Invalid('object_id must be the id of a task.');
  const status = isId(entry.task_status_id) && await context.db.one(sql`select 1 from task_status where id = ${entry.task_status_id}`);
  const person = isId(entry.person_id) && await context.db.one(sql`select 1 from directory_person where id = ${entry.person_id}`);
  const list = (value: unknown) => (Array.isArray(value) ? value : null);
  await context.runAsSystem(bringComment, { task_id: entry.object_id.toLowerCase(), comment_id: entry.id, facts: { ...entry, task_status_id: status ? entry.task_status_id : null, person_id: person ? entry.person_id : null,
    shotgun_id: Number.isInteger(entry.shotgun_id) ? entry.shotgun_id : null, checklist: list(entry.checklist)?.filter((l) => typeof l?.text === 'string').map((l) => ({ ...l, checked: l.checked === true })) ?? null,
    links: list(entry.links)?.filter((l) => typeof l === 'string') ?? null } }, entry.id);
};

const hours = async (entry: Entry, context: Context): Promise<void> => {
  const task = isId(entry.task_id) ? await context.db.one(sql`select id, project_id from task where id = ${entry.task_id}`) : null;
  const person = isId(entry.person_id) ? await context.db.one(sql`select id from directory_person where id = ${entry.person_id}`) : null;
  const date = String(entry.date ?? '').slice(0, 10);
  if (!task || !person || !isDate(date) || typeof entry.duration !== 'number' || !(entry.duration > 0)) throw new Invalid(`The hours ${entry.id} need a task, a person, a day and minutes.`);
  const same = await context.db.one(sql`select id from time_spent where task_id = ${task.id} and person_id = ${person.id} and date = ${date}::date`);
  await context.runAsSystem(setTimeOfDay, { id: same?.id ?? entry.id, task_id: task.id, person_id: person.id, project_id: task.project_id, date, duration: Math.min(entry.duration, 2_147_483_647), add: false }, entry.id);
};

const bringing = (what: string, shape: Shape, answer: z.ZodType, bring: (entry: Entry, context: Context) => Promise<void>): Route => route({
  method: 'post', path: `/import/kitsu/${what}`, summary: `Bring ${what.replace('-', ' ')} over from another Kitsu`, body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(answer) }, description: 'A list of things as the API shows them. Admins; for others nothing happens.', status: 200, input: (r) => ({ entries: r.body }),
  command: spanning({
    subject: `cmd.tasks.import-${what}`, access: to.signedIn, schema: z.object({ entries: z.unknown().optional() }),
    handle: async ({ entries }: any, context) => {
      if (!context.caller.isAdmin) return [];
      const brought = entriesOf(entries);
      for (const entry of brought) await bring(entry, context);
      await context.settled();
      const ids = textArray(brought.map((e) => e.id));
      return JSON.parse((await rendered(context.db, sql`select ${selectList(shape, context.caller, false)} from "${raw(shape.table.name)}" t where t.id = any(${ids}::uuid[]) order by array_position(${ids}::uuid[], t.id)`)).text);
    },
  }),
});

/** What was left of another Kitsu. */
export const kitsuRoutes: Route[] = [
  bringing('tasks', taskShape, Task, bringTask), bringing('comments', commentShape, Comment, comment), bringing('time-spents', timeSpent.shape, timeSpent.answer, hours),
  bringing('milestones', milestone.shape, milestone.answer, (entry, context) => bringPlain(milestone, entry, context)), bringing('schedule-items', scheduleItem.shape, scheduleItem.answer, (entry, context) => bringPlain(scheduleItem, entry, context)),
];
