import { allow, command, defineState, derivedId, isId, NotFound, only, pathId, raw, rendered, Rendered, route, selectList, spanning, sql, to, type Context, type NewEvent, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject, existingTaskType } from '../task/task.queries.ts';
import { scheduleItem } from './schedule-item.ts';
import { ScheduleLine } from './schedule-item.answers.ts';

type Wanted = { id: string; project_id: string; task_type_id: string; object_id: string | null };
const made = scheduleItem.events.created;
/** An item for what has none yet, dated the day on which it was first asked for. */
export const ensureItem = command({
  subject: 'cmd.tasks.ensure-schedule-item', creates: true, access: to.system, stream: ({ id }) => scheduleItem.stream(id),
  schema: z.object({ id: z.guid(), project_id: z.guid(), task_type_id: z.guid(), object_id: z.guid().nullable() }),
  state: defineState<boolean>({ initial: false, evolve: (there, e: NewEvent) => (e.type === made.eventType ? true : e.type === scheduleItem.events.deleted.eventType ? false : there) }),
  decide: ({ id, ...of }: Wanted, there, moment): NewEvent[] => (there ? [] : [made({ ...of, schedule_item_id: id, start_date: moment.at.slice(0, 10), end_date: moment.at.slice(0, 10), man_days: null })]),
});

/** Makes the items that are missing and answers all, in the order of `things` (SQL of id and name). */
const itemsOf = async (context: Context, project_id: string, things: Statement, task_type_id: string | null): Promise<Rendered> => {
  const rows = await context.db.all(sql`select x.id, x.name, s.id as item from (${things}) x left join schedule_item s on s.project_id = ${project_id}
    and ${task_type_id === null ? sql`s.task_type_id = x.id and s.object_id is null` : sql`s.task_type_id = ${task_type_id} and s.object_id = x.id`}`);
  for (const { id } of rows.filter((r) => r.item === null)) {
    const of = task_type_id === null ? { task_type_id: id, object_id: null } : { task_type_id, object_id: id };
    await context.runAsSystem(ensureItem, { id: derivedId('schedule item', project_id, of.task_type_id, of.object_id ?? ''), project_id, ...of }, `item ${id}`);
  }
  await context.settled();
  const named = task_type_id === null ? raw('') : raw(', x.name');
  return rendered(context.db, sql`select t.id, t.start_date, t.end_date, t.man_days, t.project_id, t.task_type_id, t.object_id ${named} from (${things}) x join schedule_item t on t.project_id = ${project_id}
    and ${task_type_id === null ? sql`t.task_type_id = x.id and t.object_id is null` : sql`t.task_type_id = ${task_type_id} and t.object_id = x.id`} order by x.name`);
};

const checked = async (context: Context, project_id: unknown, staff: boolean): Promise<string> => {
  if (!isId(project_id)) throw new NotFound('production');
  await existingProject(context.db, project_id);
  if (staff) allow(context.caller.isIn(project_id) && context.caller.roleIn(project_id) !== 'vendor');
  else only.team(context.caller, project_id);
  return project_id.toLowerCase();
};

/** The kinds of things that a task type is planned for, by the last word of the route. */
const THINGS: Record<string, (project_id: string, task_type_id: string) => Statement> = {
  'asset-types': (p, t) => sql`select k.id, k.name from entity_type k where k.id in (select e.entity_type_id from entity e join task w on w.entity_id = e.id where e.kind = 'asset' and e.canceled is not true and e.project_id = ${p} and w.task_type_id = ${t})`,
  sequences: (p) => sql`select e.id, e.name from entity e where e.kind = 'sequence' and e.project_id = ${p} and e.canceled is not true`,
  episodes: (p) => sql`select e.id, e.name from entity e where e.kind = 'episode' and e.project_id = ${p} and e.canceled is not true`,
  edits: (p) => sql`select e.id, e.name from entity e where e.kind = 'edit' and e.project_id = ${p} and e.canceled is not true`,
};

const typeItems = spanning({
  subject: 'cmd.tasks.schedule-task-types', access: to.team.but({ vendor: 'refused' }), schema: z.object({ project_id: z.string() }),
  handle: async ({ project_id }, context) => {
    const id = await checked(context, project_id, true);
    return JSON.parse((await itemsOf(context, id, sql`select y.id, y.name from task_type y join project_task_type l on l.task_type_id = y.id where l.project_id = ${id}`, null)).text);
  },
});
const thingItems = spanning({
  subject: 'cmd.tasks.schedule-things', access: to.team.but({ vendor: 'refused' }), schema: z.object({ project_id: z.string(), task_type_id: z.string(), what: z.string() }),
  handle: async ({ project_id, task_type_id, what }, context) => {
    const id = await checked(context, project_id, true);
    if (!isId(task_type_id)) throw new NotFound('task type');
    const type = await existingTaskType(context.db, task_type_id);
    const things = THINGS[what];
    if (!things) throw new NotFound('schedule');
    return JSON.parse((await itemsOf(context, id, things(id, type.id), type.id)).text);
  },
});

export const scheduleItemRoutes: Route[] = [
  ...scheduleItem.routes,
  route({ method: 'get', path: '/data/projects/{project_id}/schedule-items', summary: 'List the schedule items of a production', answers: { 200: z.array(scheduleItem.answer) }, access: to.team.but({ vendor: 'refused' }),
    ask: async (c) => {
      const project_id = await checked(c, pathId(c.request, 'project_id'), true);
      return rendered(c.db, sql`select ${selectList(scheduleItem.shape, c.caller, false)} from schedule_item t where t.project_id = ${project_id} order by t.log_position`);
    } }),
  route({ method: 'get', path: '/data/projects/{project_id}/schedule-items/task-types', summary: 'The schedule of the task types of a production', answers: { 200: z.array(ScheduleLine) }, description: 'Items that are missing are made, dated today.', command: typeItems, status: 200,
    input: (r) => ({ project_id: r.params.project_id }) }),
  ...Object.keys(THINGS).map((what) => route({ method: 'get', path: `/data/projects/{project_id}/schedule-items/{task_type_id}/${what}`, summary: `The schedule of one task type by ${what.replace('-', ' ')}`, answers: { 200: z.array(ScheduleLine) },
    description: 'Items that are missing are made, dated today.', command: thingItems, status: 200, input: (r) => ({ project_id: r.params.project_id, task_type_id: r.params.task_type_id, what }) })),
];
