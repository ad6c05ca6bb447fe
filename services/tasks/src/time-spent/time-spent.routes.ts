import { allow, byKey, Invalid, isDate, isId, listed, only, pathId, raw, rendered, renderedLong, Rendered, route, selectList, sql, to, type Caller, type QueryContext, type Request, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { existingEntity, existingProject, existingTask, existingTaskType } from '../task/task.queries.ts';
import { maySeeTask } from '../task/task.policy.ts';
import { allowVendor, keepOf } from '../task/lists.routes.ts';
import { FULL_JOINS } from '../task/todo.queries.ts';
import { deleteTime, setTime } from './set-time.ts';
import { timeSpent } from './time-spent.ts';
import { TimeOnTask, TimeSpent, TimeSpents, TimeTable } from './time-spent.answers.ts';

const select = (caller: Caller, where: Statement): Statement => sql`select ${selectList(timeSpent.shape, caller, false)} from time_spent t where ${where} order by t.date, t.log_position`;
/** Hours by person, with the sum of all where it is wanted. */
const byPerson = async (c: QueryContext, where: Statement, total: boolean): Promise<Rendered> => {
  const text = await c.db.text(sql`with hours as (${select(c.caller, where)}), lists as (select person_id, json_agg(h order by h.date) as list from hours h group by 1)
    select (coalesce((select jsonb_object_agg(person_id, list) from lists), '{}') ${total ? raw("|| jsonb_build_object('total', (select coalesce(sum(duration), 0) from hours))") : raw('')})::text as text`);
  return new Rendered(text);
};
const day = (text: string | null | undefined): string => {
  if (!text || !isDate(text)) throw new Invalid('The date must be a day, YYYY-MM-DD.');
  return text;
};
/** `start_date` and `end_date` of a query string, both or none. */
const period = (request: Request): Statement => {
  const [from, to] = [request.search.get('start_date'), request.search.get('end_date')];
  if (!from && !to) return raw('true');
  return sql`t.date between ${day(from)}::date and ${day(to)}::date`;
};
/** The same where nothing is meant when nobody says which days. */
const namedPeriod = (request: Request): Statement => (request.search.get('start_date') || request.search.get('end_date') ? period(request) : raw('false'));
const task = async (c: QueryContext): Promise<Record<string, any>> => {
  const found = await existingTask(c.db, pathId(c.request, 'task_id'));
  maySeeTask(c.caller, found as any);
  c.keep(['*'], 'person');
  return found;
};
const looks = to.supervisors.but({ user: 'filtered', client: 'filtered', vendor: 'filtered' });
/** Whose hours the caller may look at: the own ones; supervisors and managers everybody's. */
export const mayLook = (caller: Caller, person_id: string): void => allow(caller.id === person_id || ['admin', 'manager', 'supervisor'].includes(caller.role));
const person = (c: QueryContext): string => {
  const id = pathId(c.request, 'person_id');
  mayLook(c.caller, id);
  c.keep(['*'], 'person');
  return id;
};
const ofDepartments = (ids: readonly string[]): Statement => sql`t.task_id in (select k.id from task k join task_type y on y.id = k.task_type_id where y.department_id = any(${`{${ids.join(',')}}`}::uuid[]))`;
const onlyOneself = (c: QueryContext): string => {
  const id = person(c);
  allow(c.caller.isAdmin || c.caller.id === id);
  return id;
};
/** Hours of the productions that the caller manages, of those that they supervise, there of their departments where they have some, and the own ones. */
const visible = (caller: Caller): Statement => {
  if (caller.isAdmin) return raw('true');
  const [managed, supervised] = [(p: string) => caller.manages(p), (p: string) => caller.supervises(p) && !caller.manages(p)].map((of) => `{${[...caller.teams.keys()].filter(of).join(',')}}`);
  return sql`(t.person_id = ${caller.id} or t.project_id = any(${managed}::uuid[]) or (t.project_id = any(${supervised}::uuid[]) and ${caller.departments.length === 0 ? raw('true') : ofDepartments(caller.departments)}))`;
};

const whole = (text: string | undefined, low: number, high: number, name: string): number => {
  const n = /^\d{1,4}$/.test(text ?? '') ? Number(text) : NaN;
  if (!(n >= low && n <= high)) throw new Invalid(`The ${name} must be a number from ${low} to ${high}.`);
  return n;
};
const two = (n: number) => String(n).padStart(2, '0');
const year = (c: { request: Request }) => whole(c.request.params.year, 1, 9998, 'year');
/** The days of a part of a year, as SQL over a date: from the first one to before the second. */
export const inYear = (c: { request: Request }): [string, string] => [`${String(year(c)).padStart(4, '0')}-01-01`, `${String(year(c) + 1).padStart(4, '0')}-01-01`];
export const inMonth = (c: { request: Request }): [string, string] => {
  const [y, m] = [year(c), whole(c.request.params.month, 1, 12, 'month')];
  return [`${String(y).padStart(4, '0')}-${two(m)}-01`, m === 12 ? `${String(y + 1).padStart(4, '0')}-01-01` : `${String(y).padStart(4, '0')}-${two(m + 1)}-01`];
};
export const inWeek = (c: { request: Request }): [string, string] => {
  const [y, w] = [year(c), whole(c.request.params.week, 1, 53, 'week')];
  // ISO 8601: the week with the fourth of January is the first.
  const fourth = new Date(0);
  fourth.setUTCFullYear(y, 0, 4);
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000 + (w - 1) * 7 * 86_400_000;
  return [new Date(monday).toISOString().slice(0, 10), new Date(monday + 7 * 86_400_000).toISOString().slice(0, 10)];
};
const inDay = (c: { request: Request }): [string, string] => {
  const [y, m, d] = [year(c), whole(c.request.params.month, 1, 12, 'month'), whole(c.request.params.day, 1, 31, 'day')];
  const text = day(`${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`);
  return [text, new Date(Date.parse(`${text}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)];
};
const within = ([from, to]: [string, string], column = 't.date'): Statement => sql`${raw(column)} >= ${from}::date and ${raw(column)} < ${to}::date`;

/** Hours of a person summed by task, with names. */
const summed = (path: string, span: (c: { request: Request }) => [string, string], what: string): Route => route({
  method: 'get', path: `/data/persons/{person_id}/time-spents/${path}`, summary: `Sum the hours of a person by task in one ${what}`, answers: { 200: z.array(TimeOnTask) }, access: looks, query: { project_id: 'Only of this production' },
  ask: (c) => {
    const id = person(c);
    return rendered(c.db, sql`select sum(h.duration) as duration, e.name as entity_name, k.name as entity_type_name, p.name as episode_name, j.id as project_id, j.name as project_name, q.name as sequence_name,
      t.id as task_id, t.task_type_id from time_spent h join task t on t.id = h.task_id ${FULL_JOINS} where h.person_id = ${id} and ${within(span(c), 'h.date')} and ${hoursFilter(c)}
      group by t.id, e.name, k.name, p.name, j.id, j.name, q.name order by j.name, k.name, q.name, e.name, t.log_position`);
  },
});
const hoursFilter = (c: QueryContext): Statement => {
  const id = c.request.search.get('project_id');
  if (!id) return raw('true');
  if (!isId(id)) throw new Invalid('project_id must be an id.');
  return sql`h.project_id = ${id}`;
};

const FILTERS: Record<string, (id: string) => Statement> = {
  project_id: (id) => sql`t.project_id = ${id}`, person_id: (id) => sql`t.person_id = ${id}`, studio_id: (id) => sql`d.studio_id = ${id}`, department_id: (id) => ofDepartments([id]),
};
/** Hours by part of a time and person: `{ "3": { "<person id>": 240 } }`. */
const hoursTable = (path: string, part: string, span: ((c: { request: Request }) => [string, string]) | null, what: string): Route => route({
  method: 'get', path: `/data/persons/time-spents/${path}`, summary: `Sum the hours of everybody by ${what}`, answers: { 200: TimeTable }, access: to.signedIn,
  query: { project_id: 'Only of this production', studio_id: 'Only of people of this studio', department_id: 'Only on tasks of this department' },
  ask: async (c) => {
    const where = [visible(c.caller), ...(span ? [within(span(c))] : [])];
    for (const [name, condition] of Object.entries(FILTERS)) {
      const id = c.request.search.get(name);
      if (!id) continue;
      if (!isId(id)) throw new Invalid(`${name} must be an id.`);
      where.push(condition(id));
    }
    c.keep(['*'], 'person');
    const all = where.reduce((a, b) => sql`${a} and ${b}`);
    return new Rendered(await c.db.text(sql`with hours as (select extract(${raw(part)} from t.date)::int as part, t.person_id, sum(t.duration) as duration from time_spent t left join directory_person d on d.id = t.person_id where ${all} group by 1, 2),
      parts as (select part, json_object_agg(person_id, duration) as people from hours group by 1) select coalesce(json_object_agg(part, people order by part), '{}')::text as text from parts`));
  },
});

const forDay = (r: Request) => ({ task_id: r.params.task_id, person_id: r.params.person_id, date: r.params.date });
const Duration = z.object({ duration: z.number().positive() });
const DAY = '/actions/tasks/{task_id}/time-spents/{date}/persons/{person_id}';

export const timeSpentRoutes: Route[] = [
  ...timeSpent.routes,
  route({ method: 'post', path: DAY, summary: 'Set the minutes that a person worked on a task on one day', answers: { 201: TimeSpent }, command: setTime, status: 201, body: Duration, input: (r) => ({ ...forDay(r), duration: (r.body as any)?.duration, add: false }) }),
  route({ method: 'post', path: `${DAY}/add`, summary: 'Add to the minutes of a day', answers: { 201: TimeSpent }, command: setTime, status: 201, body: Duration, input: (r) => ({ ...forDay(r), duration: (r.body as any)?.duration, add: true }) }),
  route({ method: 'delete', path: DAY, summary: 'Delete the minutes of a day', answers: { 201: TimeSpent }, command: deleteTime, status: 201, input: forDay }),
  route({ method: 'get', path: '/actions/tasks/{task_id}/time-spents', summary: 'The hours of a task by person', answers: { 200: TimeSpents }, access: to.team.but({ vendor: 'filtered' }), ask: async (c) => byPerson(c, sql`t.task_id = ${(await task(c)).id}`, true) }),
  route({ method: 'get', path: '/actions/tasks/{task_id}/time-spents/{date}', summary: 'The hours of a task on one day by person', answers: { 200: TimeSpents }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => byPerson(c, sql`t.task_id = ${(await task(c)).id} and t.date = ${day(c.request.params.date)}::date`, true) }),
  route({ method: 'get', path: '/data/user/time-spents', summary: 'Your hours', answers: { 200: z.array(TimeSpent) }, access: to.signedIn, query: { start_date: 'First day', end_date: 'Last day' },
    ask: (c) => { c.keep(['*'], 'person'); return rendered(c.db, select(c.caller, sql`t.person_id = ${c.caller.personId} and ${namedPeriod(c.request)}`)); } }),
  route({ method: 'get', path: '/data/user/time-spents/{date}', summary: 'Your hours of one day', answers: { 200: z.array(TimeSpent) }, access: to.signedIn,
    ask: (c) => { c.keep(['*'], 'person'); return rendered(c.db, select(c.caller, sql`t.person_id = ${c.caller.personId} and t.date = ${day(c.request.params.date)}::date`)); } }),
  route({ method: 'get', path: '/data/user/tasks/{task_id}/time-spents/{date}', summary: 'Your hours on a task on one day', answers: { 200: TimeSpent }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const of = await task(c);
      const text = await c.db.text(sql`select row_to_json(r)::text as text from (${select(c.caller, sql`t.task_id = ${of.id} and t.person_id = ${c.caller.personId} and t.date = ${day(c.request.params.date)}::date`)}) r`);
      return new Rendered(text === '' ? '{}' : text);
    } }),
  route({ method: 'get', path: '/data/persons/{person_id}/time-spents', summary: 'The hours of a person', answers: { 200: z.array(TimeSpent) }, access: to.admins, query: { start_date: 'First day', end_date: 'Last day' },
    ask: (c) => rendered(c.db, select(c.caller, sql`t.person_id = ${person(c)} and ${namedPeriod(c.request)}`)) }),
  route({ method: 'get', path: '/data/persons/{person_id}/time-spents/{date}', summary: 'The hours of a person on one day', answers: { 200: z.array(TimeSpent) }, access: looks,
    ask: (c) => rendered(c.db, select(c.caller, sql`t.person_id = ${person(c)} and t.date = ${day(c.request.params.date)}::date`)) }),
  route({ method: 'get', path: '/data/persons/{person_id}/time-spents/month/all/{year}/{month}', summary: 'Each of the hours of a person in one month', answers: { 200: z.array(TimeSpent) }, access: to.oneself,
    ask: (c) => rendered(c.db, select(c.caller, sql`t.person_id = ${onlyOneself(c)} and ${within(inMonth(c))}`)) }),
  summed('year/{year}', inYear, 'year'), summed('month/{year}/{month}', inMonth, 'month'), summed('week/{year}/{week}', inWeek, 'week'), summed('day/{year}/{month}/{day}', inDay, 'day'),
  hoursTable('year-table', 'isoyear', null, 'year'), hoursTable('month-table/{year}', 'month', inYear, 'month'), hoursTable('week-table/{year}', 'week', inYear, 'week'), hoursTable('day-table/{year}/{month}', 'day', inMonth, 'day'),
  route({ method: 'get', path: '/data/entities/{entity_id}/time-spents', summary: 'The hours on the tasks of an entity', answers: { 200: z.array(TimeSpent) }, access: to.team.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const entity = await existingEntity(c.db, pathId(c.request, 'entity_id'));
      only.team(c.caller, entity.project_id);
      await allowVendor(c, entity);
      keepOf(c, entity.project_id);
      const vendor = c.caller.roleIn(entity.project_id) === 'vendor';
      return rendered(c.db, select(c.caller, sql`t.task_id in (select id from task where entity_id = ${entity.id} ${vendor ? sql`and ${c.caller.id}::uuid = any(assignees)` : raw('')})`));
    } }),
  route({ method: 'get', path: '/data/projects/{project_id}/time-spents', summary: 'The hours on the tasks of a production', answers: { 200: listed(TimeSpent) }, access: to.team, query: { start_date: 'First day', end_date: 'Last day' },
    ask: async (c) => {
      const project_id = pathId(c.request, 'project_id');
      await existingProject(c.db, project_id);
      only.team(c.caller, project_id);
      const vendor = !c.caller.isAdmin && c.caller.roleIn(project_id) === 'vendor';
      c.keep([project_id], vendor ? 'person' : 'role');
      return renderedLong(c.db, select(c.caller, sql`t.project_id = ${project_id} and ${period(c.request)} and ${vendor ? sql`t.task_id in (select id from task where ${c.caller.id}::uuid = any(assignees))` : raw('true')}`));
    } }),
  route({ method: 'get', path: '/data/projects/{project_id}/task-types/{task_type_id}/time-spents', summary: 'The hours on one type of tasks of a production by person', answers: { 200: byKey(z.array(TimeSpent)) }, access: to.teamManagers, query: { start_date: 'First day', end_date: 'Last day' },
    ask: async (c) => {
      const project_id = pathId(c.request, 'project_id');
      await existingProject(c.db, project_id);
      only.teamManager(c.caller, project_id);
      const type = await existingTaskType(c.db, pathId(c.request, 'task_type_id'));
      return byPerson(c, sql`t.task_id in (select id from task where project_id = ${project_id} and task_type_id = ${type.id}) and ${period(c.request)}`, false);
    } }),
];
