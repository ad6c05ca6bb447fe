import { NotFound, pathId, Rendered, route, sql, to } from '@shotlog/kernel';
import { BudgetHours } from './budget.answers.ts';

/** Minutes by department, person and month, to be held against a budget. Task types without a department do not count. */
export const budgetTimeSpentsRoute = route({
  method: 'get', path: '/data/projects/{project_id}/budgets/time-spents', summary: 'Get the hours spent in a production by department, person and month', answers: { 200: BudgetHours }, access: to.admins,
  ask: async (c) => {
    const project_id = pathId(c.request, 'project_id', 400);
    if (!(await c.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
    c.keep([project_id], 'role');
    return new Rendered(await c.db.text(sql`
      with monthly as (select tt.department_id, ts.person_id, to_char(ts.date, 'YYYY-MM') as month, sum(ts.duration) as minutes
          from time_spent ts join task t on t.id = ts.task_id join task_type tt on tt.id = t.task_type_id where t.project_id = ${project_id} and tt.department_id is not null group by 1, 2, 3),
        personal as (select department_id, person_id, sum(minutes) as minutes, json_object_agg(month, minutes order by month)::jsonb as months from monthly group by 1, 2)
      select coalesce(json_object_agg(d.department_id, d.persons), '{}')::text as text from (
        select department_id, jsonb_build_object('total', sum(minutes)) || jsonb_object_agg(person_id, jsonb_build_object('total', minutes) || months) as persons
        from personal group by department_id) d`));
  },
});
