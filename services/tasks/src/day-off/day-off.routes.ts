import { allow, byKey, Invalid, isDate, only, pathId, raw, rendered, Rendered, route, selectList, sql, to, type Caller, type QueryContext, type Request, type Route, type Statement } from '@shotlog/kernel';
import { existingProject } from '../task/task.queries.ts';
import { inMonth, inWeek, inYear } from '../time-spent/time-spent.routes.ts';
import { dayOff } from './day-off.ts';
import { z } from 'zod';

const select = (caller: Caller, where: Statement): Statement => sql`select ${selectList(dayOff.shape, caller, false)} from day_off t where ${where} order by t.date, t.log_position`;
/** Touches the days from the first one to before the second. */
const touches = ([from, to]: [string, string]): Statement => sql`t.date < ${to}::date and t.end_date >= ${from}::date`;
/** Days off are the person's own business, and the admins'. */
const person = (c: QueryContext): string => {
  const id = pathId(c.request, 'person_id');
  allow(c.caller.isAdmin || c.caller.id === id);
  c.keep(['studio'], 'person');
  return id;
};
const day = (text: string | undefined): string => {
  if (!text || !isDate(text)) throw new Invalid('The date must be a day, YYYY-MM-DD.');
  return text;
};
const ofDay = async (c: QueryContext, id: string): Promise<Rendered> => {
  const on = day(c.request.params.date);
  const text = await c.db.text(sql`select row_to_json(r)::text as text from (${select(c.caller, sql`t.person_id = ${id} and ${on}::date between t.date and t.end_date`)} limit 1) r`);
  return new Rendered(text === '' ? '{}' : text);
};
const span = (path: string, of: (c: { request: Request }) => [string, string], what: string): Route => route({
  method: 'get', path: `/data/persons/{person_id}/day-offs/${path}`, summary: `List the days off of a person in one ${what}`, answers: { 200: z.array(dayOff.answer) }, access: to.oneself,
  ask: (c) => { const id = person(c); return rendered(c.db, select(c.caller, sql`t.person_id = ${id} and ${touches(of(c))}`)); },
});
/** Whose days off the caller may see in a studio-wide list: admins all, others their own. */
const visible = (caller: Caller): Statement => (caller.isAdmin ? raw('true') : sql`t.person_id = ${caller.id}`);

export const dayOffRoutes: Route[] = [
  ...dayOff.routes,
  route({ method: 'get', path: '/data/persons/{person_id}/day-offs', summary: 'List the days off of a person', answers: { 200: z.array(dayOff.answer) }, access: to.oneself, ask: (c) => { const id = person(c); return rendered(c.db, select(c.caller, sql`t.person_id = ${id}`)); } }),
  span('year/{year}', inYear, 'year'), span('month/{year}/{month}', inMonth, 'month'), span('week/{year}/{week}', inWeek, 'week'),
  route({ method: 'get', path: '/data/persons/{person_id}/day-offs/{date}', summary: 'The day off of a person on one day; empty when there is none', answers: { 200: dayOff.answer }, access: to.oneself, ask: (c) => ofDay(c, person(c)) }),
  route({ method: 'get', path: '/data/user/day-offs/{date}', summary: 'Your day off on one day; empty when there is none', answers: { 200: dayOff.answer }, access: to.signedIn, ask: (c) => { c.keep(['studio'], 'person'); return ofDay(c, c.caller.personId); } }),
  route({ method: 'get', path: '/data/persons/day-offs/{year}/{month}', summary: 'List the days off of everybody in one month', answers: { 200: z.array(dayOff.answer) }, description: 'All but admins see their own.', access: to.signedIn,
    ask: (c) => { c.keep(['studio'], 'person'); return rendered(c.db, select(c.caller, sql`${touches(inMonth(c))} and ${visible(c.caller)}`)); } }),
  route({ method: 'get', path: '/data/projects/{project_id}/day-offs', summary: 'The days off of the team of a production by person', description: 'Why somebody is away is told to whoever manages the production.', answers: { 200: byKey(z.array(dayOff.answer)) }, access: to.teamStaff, query: { start_date: 'First day', end_date: 'Last day' },
    ask: async (c) => {
      const project_id = pathId(c.request, 'project_id');
      await existingProject(c.db, project_id);
      only.teamStaff(c.caller, project_id);
      const [from, to] = [c.request.search.get('start_date'), c.request.search.get('end_date')];
      const within = sql`${from ? sql`t.end_date >= ${day(from)}::date` : raw('true')} and ${to ? sql`t.date <= ${day(to)}::date` : raw('true')}`;
      const text = await c.db.text(sql`with days as (${select(c.caller, sql`t.person_id in (select person_id from directory_team where project_id = ${project_id}) and ${within}`)}),
        lists as (select person_id, json_agg(${c.caller.manages(project_id) ? raw('to_jsonb(d)') : sql`case when d.person_id = ${c.caller.id} then to_jsonb(d) else to_jsonb(d) - 'description' end`} order by d.date) as list from days d group by 1) select coalesce(json_object_agg(person_id, list), '{}')::text as text from lists`);
      return new Rendered(text);
    } }),
];
