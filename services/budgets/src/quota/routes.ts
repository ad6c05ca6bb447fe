import { allow, Invalid, isId, NotFound, only, ownProductions, pathId, raw, Rendered, route, sql, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { modeOf, quotaShots, shareRows } from './quota.queries.ts';
import { tally } from './tally.ts';
import { QuotaShot, Quotas } from './quota.answers.ts';
import { z } from 'zod';

const knownPerson = async (c: QueryContext, id: string) => {
  if (!(await c.db.one(sql`select 1 from directory_person where id = ${id}`))) throw new NotFound('person', id);
};
const knownProject = async (c: QueryContext, id: string) => {
  if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('production', id);
};

const filterId = (c: QueryContext, name: string): string | null => {
  const value = c.request.search.get(name);
  if (value === null || value === '') return null;
  if (!isId(value)) throw new Invalid(`${name} must be an id.`);
  return value;
};

const wholeNumber = (text: string | undefined): number => (/^\d{1,4}$/.test(text ?? '') ? Number(text) : Number.NaN);
const dayText = (date: Date) => date.toISOString().slice(0, 10);
const DAY_MS = 86_400_000;

/** First day of a period and the day after its last. @throws Invalid (400) for a period that does not exist. */
export const periodOf = (params: Record<string, string>): { from: string; until: string } => {
  const bad = () => new Invalid('There is no such day, week or month.');
  const year = wholeNumber(params.year);
  if (!(year >= 1900 && year <= 9999)) throw bad();
  if ('week' in params) {
    const week = wholeNumber(params.week);
    const january4 = Date.UTC(year, 0, 4);
    const first = january4 - ((new Date(january4).getUTCDay() + 6) % 7) * DAY_MS + (week - 1) * 7 * DAY_MS;
    // A week is a year's own where its Thursday is.
    if (!(week >= 1) || new Date(first + 3 * DAY_MS).getUTCFullYear() !== year) throw bad();
    return { from: dayText(new Date(first)), until: dayText(new Date(first + 7 * DAY_MS)) };
  }
  const month = wholeNumber(params.month);
  if (!(month >= 1 && month <= 12)) throw bad();
  if (!('day' in params)) return { from: dayText(new Date(Date.UTC(year, month - 1, 1))), until: dayText(new Date(Date.UTC(year, month, 1))) };
  const day = wholeNumber(params.day);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (Number.isNaN(date.getTime()) || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw bad();
  return { from: dayText(date), until: dayText(new Date(date.getTime() + DAY_MS)) };
};

const shotsOf = (per: string, path: string) => route({
  method: 'get', path: `/data/persons/{person_id}/quota-shots/${path}`, summary: `List the shots that count for a person in a ${per}`, answers: { 200: z.array(QuotaShot) }, access: to.managers.but({ supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'filtered' }),
  query: { count_mode: 'How work counts', project_id: 'Only of this production', task_type_id: 'Only of this task type' },
  ask: async (c) => {
    const person_id = pathId(c.request, 'person_id', 400);
    await knownPerson(c, person_id);
    allow(c.caller.isAdmin || c.caller.id === person_id || c.caller.role === 'manager');
    const period = periodOf(c.request.params);
    const mode = modeOf(c.request.search);
    const [project_id, task_type_id] = [filterId(c, 'project_id'), filterId(c, 'task_type_id')];
    if (task_type_id === null) return [];
    const own: Statement = c.caller.id === person_id ? raw('true') : (ownProductions(c.caller) ?? raw('true'));
    c.keep(['*'], 'person');
    return new Rendered(await quotaShots(c.db, mode, { person_id, task_type_id, ...period, scope: sql`${own}${project_id === null ? raw('') : sql` and t.project_id = ${project_id}`}` }));
  },
});

/** What persons get done: frames, seconds, drawings and shots by day, week, month and year. */
export const quotaRoutes: Route[] = [
  route({
    method: 'get', path: '/data/projects/{project_id}/quotas/{task_type_id}', summary: 'Get what each person of a production got done of a task type', answers: { 200: Quotas },
    query: { count_mode: 'How work counts' }, access: to.team,
    ask: async (c) => {
      const [project_id, task_type_id] = [pathId(c.request, 'project_id', 400), pathId(c.request, 'task_type_id', 400)];
      await knownProject(c, project_id);
      only.team(c.caller, project_id);
      c.keep([project_id], 'anyone');
      const rows = await shareRows(c.db, modeOf(c.request.search), sql`t.project_id = ${project_id} and t.task_type_id = ${task_type_id}`, null);
      return tally(rows.map((r) => ({ ...r, who: r.person_id })));
    },
  }),
  route({
    method: 'get', path: '/data/projects/{project_id}/quotas/persons/{person_id}', summary: 'Get what a person got done in a production, by task type', answers: { 200: Quotas },
    query: { count_mode: 'How work counts' }, access: to.team.but({ user: 'filtered', client: 'filtered', vendor: 'filtered' }),
    ask: async (c) => {
      const [project_id, person_id] = [pathId(c.request, 'project_id', 400), pathId(c.request, 'person_id', 400)];
      await knownProject(c, project_id);
      await knownPerson(c, person_id);
      only.team(c.caller, project_id);
      allow(c.caller.id === person_id || c.caller.supervises(project_id));
      c.keep([project_id], 'person');
      const rows = await shareRows(c.db, modeOf(c.request.search), sql`t.project_id = ${project_id}`, person_id);
      return tally(rows.map((r) => ({ ...r, who: r.task_type_id })));
    },
  }),
  shotsOf('month', 'month/{year}/{month}'), shotsOf('week', 'week/{year}/{week}'), shotsOf('day', 'day/{year}/{month}/{day}'),
];
