import { allow, command, defineState, derivedId, Forbidden, Invalid, isDate, isId, NotFound, oneText, spanning, sql, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { existingTask } from '../task/task.queries.ts';
import { timeSpent } from './time-spent.ts';

type Row = { duration: number; project_id: string; off_sheet: boolean } | null;
const { created, updated, deleted } = timeSpent.events;
const state = defineState<Row>({
  initial: null,
  evolve: (row, e: NewEvent) => e.type === created.eventType ? { duration: e.data.duration, project_id: e.data.project_id, off_sheet: e.data.off_sheet ?? false } : e.type === updated.eventType ? row && { ...row, duration: e.data.changes.duration ?? row.duration, off_sheet: e.data.changes.off_sheet ?? row.off_sheet } : e.type === deleted.eventType ? null : row,
});
/** Minutes that fit a number of the database for sure. */
const MOST = 2_147_483_647;
type SetTime = { id: string; task_id: string; person_id: string; project_id: string; date: string; duration: number; add: boolean };

/** Minutes of one day, set or added to what is there. */
export const setTimeOfDay = command({
  subject: 'cmd.tasks.set-time-of-day', state, access: to.system, stream: ({ id }) => timeSpent.stream(id),
  schema: z.object({ id: z.guid(), task_id: z.guid(), person_id: z.guid(), project_id: z.guid(), date: z.string(), duration: z.number(), add: z.boolean() }),
  decide: ({ id, add, duration, ...of }: SetTime, row): NewEvent[] => {
    if (row === null) return [created({ ...of, duration, time_spent_id: id })];
    const total = add ? row.duration + duration : duration;
    if (total > MOST) throw new Invalid('The duration is too large.');
    const changes = { ...(total === row.duration ? {} : { duration: total }), ...(row.off_sheet ? { off_sheet: false } : {}) };
    return Object.keys(changes).length === 0 ? [] : [updated({ time_spent_id: id, project_id: of.project_id, changes })];
  },
});

/** Takes hours out, whoever they are of. */
export const dropTime = command({
  subject: 'cmd.tasks.drop-time', schema: z.object({ id: z.guid() }), state, access: to.system, stream: ({ id }) => timeSpent.stream(id),
  decide: ({ id }: { id: string }, row): NewEvent[] => (row === null ? [] : [deleted({ time_spent_id: id, project_id: row.project_id })]),
});

const Duration = z.preprocess((v) => (typeof v === 'string' && /^\d+(\.\d+)?$/.test(v) ? Number(v) : v), z.number({ error: 'duration must be a number of minutes.' })
  .positive({ error: 'duration must be more than 0 minutes.' }).max(MOST, { error: 'duration is too large.' }));

type Day = { task_id: string; person_id: string; date: string };
/** Whose hours the caller may write: the own ones, and of everybody in productions that they manage. */
const allowed = async ({ task_id, person_id, date }: Day, context: Context) => {
  if (!isId(task_id)) throw new NotFound('task');
  const task = await existingTask(context.db, task_id);
  const { caller } = context;
  allow(caller.isIn(task.project_id) && (caller.id === person_id.toLowerCase() || caller.manages(task.project_id)));
  if (!isDate(date)) throw new Invalid('The date must be a day, YYYY-MM-DD.');
  return task;
};
const rowOf = async (context: Context, day: Day): Promise<string | null> =>
  (await context.db.one(sql`select id from time_spent where task_id = ${day.task_id} and person_id = ${day.person_id} and date = ${day.date}::date`))?.id ?? null;
const shown = async (context: Context, id: string): Promise<any> => JSON.parse((await oneText(context.db, timeSpent.shape, context.caller, sql`t.id = ${id}`, false)) ?? 'null');

/**
 * Sets the minutes that an assignee worked on a task on one day, or adds to them.
 * @throws Forbidden (403) for who is not assigned, and for another's hours without managing the production. Source: API reference, POST /actions/tasks/{task_id}/time-spents/{date}/persons/{person_id}.
 */
export const setTime = spanning({
  subject: 'cmd.tasks.set-time', access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), schema: z.object({ task_id: z.string(), person_id: z.string(), date: z.string(), duration: z.unknown().optional(), add: z.boolean() }),
  handle: async (given: any, context) => {
    const task = await allowed(given, context);
    const person = isId(given.person_id) ? await context.db.one(sql`select id from directory_person where id = ${given.person_id}`) : null;
    const parsed = Duration.safeParse(given.duration);
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message, { data: { errors: [{ field: 'duration', message: parsed.error.issues[0]!.message }] } });
    if (!person) throw new NotFound('person', given.person_id);
    if (!task.assignees.includes(person.id)) throw new Forbidden('Hours are written for people who are assigned to the task.');
    const day = { task_id: task.id as string, person_id: person.id as string, date: given.date as string };
    const id = (await rowOf(context, day)) ?? derivedId('time spent', day.task_id, day.person_id, day.date);
    await context.runAsSystem(setTimeOfDay, { id, ...day, project_id: task.project_id, duration: parsed.data, add: given.add }, 'set');
    await context.settled();
    return shown(context, id);
  },
});

/** Takes the minutes of one day away. Answers them with a duration of 0. */
export const deleteTime = spanning({
  subject: 'cmd.tasks.delete-time', access: to.team.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }), schema: z.object({ task_id: z.string(), person_id: z.string(), date: z.string() }),
  handle: async (given, context) => {
    await allowed(given, context);
    if (!isId(given.person_id)) throw new NotFound('person', given.person_id);
    const id = await rowOf(context, given);
    if (id === null) throw new NotFound('time spent');
    const was = await shown(context, id);
    await context.runAsSystem(dropTime, { id }, 'delete');
    await context.settled();
    return { ...was, duration: 0 };
  },
});
