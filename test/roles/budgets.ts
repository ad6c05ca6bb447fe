import { body, plain, self, throwaway, type Asks, type At } from './request.ts';
import { fresh, MARK } from './scene.ts';

const B = '/data/projects/{project_id}/budgets';
const entry = ({ ids }: At) => ({ department_id: ids.department_id, start_date: '2026-01-01', months_duration: 3, daily_salary: 10, position: 'artist', seniority: 'mid' });
export const budgetsAsks: Asks = {
  [`POST ${B}`]: body(() => ({ name: fresh(MARK), currency: 'EUR' })),
  [`PUT ${B}/{budget_id}`]: throwaway('budget_id', ({ ids }) => `/data/projects/${ids.project_id}/budgets`, () => ({ name: fresh(MARK), currency: 'EUR' }), () => ({ body: { name: fresh(MARK), currency: 'USD' } })),
  [`DELETE ${B}/{budget_id}`]: throwaway('budget_id', ({ ids }) => `/data/projects/${ids.project_id}/budgets`, () => ({ name: fresh(MARK), currency: 'EUR' })),
  [`POST ${B}/{budget_id}/entries`]: body(entry),
  [`PUT ${B}/{budget_id}/entries/{entry_id}`]: body(entry),
  [`DELETE ${B}/{budget_id}/entries/{entry_id}`]: throwaway('entry_id', ({ ids }) => `/data/projects/${ids.project_id}/budgets/${ids.budget_id}/entries`, entry),
  ...plain('/data/budgets', ({ ids }) => ({ name: fresh(MARK), project_id: ids.project_id, currency: 'EUR' }), { currency: 'USD' }),
  ...plain('/data/budget-entries', (at) => ({ ...entry(at), budget_id: at.ids.budget_id }), { daily_salary: 12 }),
  // They are there for every department.
  'POST /data/salary-scales': ({ ids }) => ({ body: { department_id: ids.department_id, position: 'lead', seniority: 'senior', salary: 100 }, status: 400 }),
  'PUT /data/salary-scales/{instance_id}': body(() => ({ salary: 321 })),
  'DELETE /data/salary-scales/{instance_id}': async ({ admin }) => {
    const { id } = await admin.must('POST', '/data/departments', { name: fresh('Department'), color: '#000000' });
    return { ids: { instance_id: (await admin.must('GET', '/data/salary-scales')).find((x: any) => x.department_id === id).id } };
  },
};
for (const route of ['{task_type_id}', 'persons/{person_id}']) budgetsAsks[`GET /data/projects/{project_id}/quotas/${route}`] = (at) => ({ query: '?count_mode=weighted', ids: { person_id: self(at) } });
for (const route of ['month/{year}/{month}', 'week/{year}/{week}', 'day/{year}/{month}/{day}']) {
  budgetsAsks[`GET /data/persons/{person_id}/quota-shots/${route}`] = (at) => ({ ids: { person_id: self(at) }, query: `?project_id=${at.ids.project_id}&task_type_id=${at.ids.shot_task_type_id}&count_mode=weighted` });
}

