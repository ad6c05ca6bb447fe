import { allow, Invalid, isId, join, pathId, raw, rendered, renderedLong, Rendered, route, selectList, sql, to, type Caller, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { visibleTasks } from './task.policy.ts';
import { taskShape } from './task.table.ts';
import { FULL_JOINS, OPEN, selectOpenTasks, selectTodos } from './todo.queries.ts';
import { AssignedTask, OpenTaskStats, OpenTasks, Task, TaskDates } from './task.answers.ts';
import { z } from 'zod';

const assigned = (person_id: string): Statement => sql`${person_id}::uuid = any(t.assignees)`;
const inTeams = (caller: Caller): Statement => visibleTasks(caller) ?? raw('true');

/** Another person whose work the caller may look at: of the studio, not for vendors. */
const person = async (c: QueryContext): Promise<string> => {
  const id = pathId(c.request, 'person_id');
  const found = await c.db.one(sql`select 1 from directory_person where id = ${id}`);
  allow(c.caller.id === id || !c.caller.isVendor);
  if (!found) return '00000000-0000-0000-0000-000000000000';
  return id;
};
const todos = (c: QueryContext, person_id: string, done: boolean, visible: Statement) => {
  c.keep(['*'], 'person');
  return rendered(c.db, selectTodos(c.caller, sql`${assigned(person_id)} and ${OPEN} and s.is_done is ${raw(done ? 'true' : 'not true')} and ${visible}`,
    done ? raw('t.done_date desc, t.log_position') : raw('t.log_position')));
};

const userTasks = route({ method: 'get', path: '/data/user/tasks', summary: 'List what you have to do', answers: { 200: z.array(AssignedTask) }, access: to.team.listed, ask: (c) => todos(c, c.caller.personId, false, raw('true')) });
const userDone = route({ method: 'get', path: '/data/user/done-tasks', summary: 'List what you have done', answers: { 200: z.array(AssignedTask) }, access: to.signedIn, ask: (c) => todos(c, c.caller.personId, true, raw('true')) });
const personTasks = route({ method: 'get', path: '/data/persons/{person_id}/tasks', summary: 'List what a person has to do, in productions that you see', answers: { 200: z.array(AssignedTask) }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }).listed,
  ask: async (c) => todos(c, await person(c), false, c.caller.isClient ? raw('false') : inTeams(c.caller)) });
const personDone = route({ method: 'get', path: '/data/persons/{person_id}/done-tasks', summary: 'List what a person has done, in productions that you see', answers: { 200: z.array(AssignedTask) }, access: to.team.but({ vendor: 'filtered' }).listed,
  ask: async (c) => todos(c, await person(c), true, c.caller.isClient ? raw('false') : inTeams(c.caller)) });

const toCheck = route({
  method: 'get', path: '/data/user/tasks-to-check', summary: 'List what waits for your look: tasks under a request for feedback', answers: { 200: z.array(AssignedTask) }, access: to.signedIn,
  ask: (c) => {
    const { caller } = c;
    c.keep(['*'], 'person');
    const supervised = [...caller.teams.keys()].filter((p) => caller.supervises(p));
    const of = caller.isAdmin ? raw('true') : supervised.length === 0 ? raw('false') : sql`t.project_id = any(${`{${supervised.join(',')}}`}::uuid[])`;
    const managed = [...caller.teams.keys()].filter((p) => caller.manages(p));
    const departments = caller.isAdmin || caller.departments.length === 0 ? raw('true')
      : sql`(y.department_id = any(${`{${caller.departments.join(',')}}`}::uuid[]) or t.project_id = any(${`{${managed.join(',')}}`}::uuid[]))`;
    return renderedLong(c.db, selectTodos(caller, sql`${OPEN} and s.is_feedback_request and ${of} and ${departments}`));
  },
});

const related = route({
  method: 'get', path: '/data/persons/{person_id}/related-tasks/{task_type_id}', summary: 'List the tasks of one type on the entities that a person works on', answers: { 200: z.array(Task) }, access: to.team.but({ vendor: 'filtered' }).listed,
  ask: async (c) => {
    const id = await person(c);
    const type = pathId(c.request, 'task_type_id');
    c.keep(['*'], 'person');
    return rendered(c.db, sql`select ${selectList(taskShape, c.caller, false)} from task t join project j on j.id = t.project_id where t.task_type_id = ${type} and ${OPEN} and ${inTeams(c.caller)}
      and t.entity_id in (select w.entity_id from task w where ${id}::uuid = any(w.assignees)) order by t.log_position`);
  },
});

const FILTERS: Record<string, (value: string) => Statement> = {
  project_id: (v) => sql`t.project_id = ${v}`, task_type_id: (v) => sql`t.task_type_id = ${v}`, task_status_id: (v) => sql`t.task_status_id = ${v}`,
  studio_id: (v) => sql`exists (select 1 from directory_person d where d.id = any(t.assignees) and d.studio_id = ${v})`, department_id: (v) => sql`y.department_id = ${v}`,
  person_id: (v) => sql`${v}::uuid = any(t.assignees)`,
};
const DATES: Record<string, (value: string) => Statement> = { start_date: (v) => sql`t.start_date >= ${v}::timestamp`, due_date: (v) => sql`t.due_date <= ${v}::timestamp` };

const openWhere = (c: QueryContext): Statement => {
  const { search } = c.request;
  const where = [OPEN, inTeams(c.caller)];
  for (const [name, condition] of Object.entries(FILTERS)) {
    const value = search.get(name);
    if (!value) continue;
    if (name === 'person_id' && value === 'unassigned') where.push(raw("coalesce(cardinality(t.assignees), 0) = 0"));
    else if (!isId(value)) throw new Invalid(`${name} must be an id.`);
    else where.push(condition(value));
  }
  for (const [name, condition] of Object.entries(DATES)) {
    const value = search.get(name);
    if (!value) continue;
    if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value))) throw new Invalid(`${name} must be a day, YYYY-MM-DD.`);
    where.push(condition(value));
  }
  const priority = search.get('priority');
  if (priority) {
    if (!/^-?\d{1,9}$/.test(priority)) throw new Invalid('priority must be a whole number.');
    where.push(sql`t.priority = ${Number(priority)}::int`);
  }
  return join(where, ' and ');
};
const whole = (search: URLSearchParams, name: string, byDefault: number): number => {
  const text = search.get(name);
  if (text === null || text === '') return byDefault;
  if (!/^\d{1,9}$/.test(text)) throw new Invalid(`${name} must be a whole number.`);
  return Number(text);
};

const openTasks = route({
  method: 'get', path: '/data/tasks/open-tasks', summary: 'List tasks of open productions, a page at a time', answers: { 200: OpenTasks }, access: to.team.but({ vendor: 'filtered' }).listed,
  query: { project_id: 'Production', task_type_id: 'Task type', task_status_id: 'Task status', person_id: 'Assignee, or unassigned', studio_id: 'Studio of an assignee', department_id: 'Department of the task type',
    start_date: 'Starts on this day or later', due_date: 'Due on this day or earlier', priority: 'Priority', page: 'From 1', limit: 'Tasks on a page, 100 when nobody says' },
  ask: async (c) => {
    const everything = openWhere(c);
    // Concepts have lists of their own; only the counts by status know them.
    const where = sql`${everything} and e.kind is distinct from 'concept'`;
    const [page, limit] = [Math.max(1, whole(c.request.search, 'page', 1)), Math.min(10_000, Math.max(1, whole(c.request.search, 'limit', 100)))];
    const rows = selectOpenTasks(c.caller, where, sql`limit ${limit + 1}::int offset ${(page - 1) * limit}::bigint`);
    c.keep(['*'], 'person');
    const text = await c.db.text(sql`with page as materialized (select r, row_number() over () as n from (${rows}) r), found as materialized (select t.task_status_id, t.duration, t.estimation from task t ${FULL_JOINS} where ${where})
      select json_build_object('data', (select coalesce(json_agg(r order by n), '[]') from page where n <= ${limit}::int),
        'stats', json_build_object('total', (select count(*) from found), 'total_duration', (select coalesce(sum(duration), 0) from found), 'total_estimation', (select coalesce(sum(estimation), 0) from found),
          'status', (select coalesce(json_agg(json_build_object('task_status_id', b.task_status_id, 'amount', b.amount)), '[]') from (select t.task_status_id, count(*) as amount from task t ${FULL_JOINS} where ${everything} group by 1) b)),
        'limit', ${limit}::int, 'page', ${page}::int, 'is_more', (select count(*) > ${limit}::int from page))::text as text`);
    return new Rendered(text);
  },
});

const openStats = route({
  method: 'get', path: '/data/tasks/open-tasks/stats', summary: 'Count the tasks of open productions by type and status', answers: { 200: OpenTaskStats }, access: to.signedIn,
  ask: async (c) => {
    c.keep(['*'], 'person');
    const text = await c.db.text(sql`with counted as (select t.project_id, t.task_type_id, t.task_status_id, count(*)::int as amount, (count(*) filter (where s.is_done))::int as amount_done,
        coalesce(sum(t.duration), 0) as total_duration, coalesce(sum(t.estimation), 0) as total_estimation
        from task t join project j on j.id = t.project_id left join task_status s on s.id = t.task_status_id left join entity e on e.id = t.entity_id
        where ${OPEN} and ${inTeams(c.caller)} and e.kind is distinct from 'concept' group by 1, 2, 3)
      select coalesce(json_object_agg(p.project_id, json_build_object('amount', p.amount, 'amount_done', p.amount_done, 'total_duration', p.total_duration, 'total_estimation', p.total_estimation,
        'task_types', (select json_agg(json_build_object('task_status_id', x.task_status_id, 'task_type_id', x.task_type_id, 'project_id', x.project_id, 'amount', x.amount, 'amount_done', x.amount_done,
          'total_duration', x.total_duration, 'total_estimation', x.total_estimation)) from counted x where x.project_id = p.project_id))), '{}')::text as text
      from (select project_id, sum(amount)::int as amount, sum(amount_done)::int as amount_done, sum(total_duration) as total_duration, sum(total_estimation) as total_estimation from counted group by 1) p`);
    return new Rendered(text);
  },
});

const taskDates = route({
  method: 'get', path: '/data/persons/task-dates', summary: 'From when to when each person has planned tasks', answers: { 200: TaskDates }, access: to.supervisors, query: { project_id: 'Only of this production' },
  ask: (c) => {
    const project_id = c.request.search.get('project_id');
    if (project_id && !isId(project_id)) throw new Invalid('project_id must be an id.');
    c.keep(['*'], 'person');
    return rendered(c.db, sql`select a.person_id, to_char(min(t.start_date), 'YYYY-MM-DD HH24:MI:SS') as min_date, to_char(max(coalesce(t.due_date, t.start_date)), 'YYYY-MM-DD HH24:MI:SS') as max_date, '[]'::json as busy_periods
      from task t join project j on j.id = t.project_id cross join lateral unnest(t.assignees) a(person_id) where ${OPEN} and ${inTeams(c.caller)}
      and ${project_id ? sql`t.project_id = ${project_id}` : raw('true')} group by 1 order by 1`);
  },
});

export const personTaskRoutes: Route[] = [userTasks, userDone, toCheck, openTasks, openStats, taskDates, personTasks, personDone, related];
