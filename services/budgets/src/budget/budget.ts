import { access, f, Invalid, raw, resource, sql, type Access, type Context, type Publication, type Recorded } from '@shotlog/kernel';

/** What each kind of money is announced as: `create` where a production's own routes made it, `new` where the generic ones did. */
const announced = (name: string, keys: (e: Recorded) => Record<string, unknown>, generic: (e: Recorded) => Record<string, unknown>) =>
  (what: 'new' | 'update' | 'delete', e: Recorded): Publication[] =>
    (what === 'new' && e.data.announced_as !== 'create' ? [{ name: `${name}:new`, payload: generic(e) }]
      : [{ name: `${name}:${what === 'new' ? 'create' : what}`, payload: keys(e) }]);

const budgetKeys = (e: Recorded) => ({ budget_id: e.data.budget_id, project_id: e.data.project_id ?? null });

/** The generic routes show money to admins alone; a production's own routes ask who manages it. */
const money: Access = access.admin;

const known = async (context: Context, table: 'project' | 'budget' | 'department' | 'directory_person', id: unknown): Promise<void> => {
  if (id && !(await context.db.one(sql`select 1 from "${raw(table)}" where id = ${id}`))) throw new Invalid(`There is no ${table.replace('directory_', '')} ${id}.`);
};

/** A plan of what a production costs. `revision` counts a production's budgets from 1. `currency` is an ISO 4217 code. */
export const budget = resource({
  service: 'budgets', name: 'budget', path: '/data/budgets', type: 'Budget', published: announced('budget', budgetKeys, budgetKeys),
  fields: {
    project_id: f.uuid({ immutable: true }), revision: f.integer({ default: 1 }), name: f.string(255, { required: true, ignoreCase: true }), currency: f.string(3),
    announced_as: f.string(10, { hidden: true, immutable: true }),
  },
  access: money,
  creating: async (values, context) => {
    await known(context, 'project', values.project_id);
    return { announced_as: 'new' };
  },
});

export const POSITIONS = ['artist', 'lead', 'supervisor'] as const;
export const SENIORITIES = ['junior', 'mid', 'senior'] as const;

/** Refuses exceptions that are not amounts by month, `{ "2024-03": 1000 }`. @throws Invalid */
export const checkEntry = async (values: Record<string, any>, context: Context): Promise<void> => {
  const { exceptions } = values;
  if (exceptions !== null && exceptions !== undefined && (typeof exceptions !== 'object' || Array.isArray(exceptions)
    || Object.entries(exceptions).some(([month, amount]) => !/^\d{4}-\d\d(-\d\d)?$/.test(month) || typeof amount !== 'number'))) {
    throw new Invalid('exceptions must be amounts by month, such as {"2024-03": 1000}.');
  }
  if (typeof values.months_duration === 'number' && values.months_duration < 0) throw new Invalid('months_duration must not be negative.');
  if (typeof values.daily_salary === 'number' && values.daily_salary < 0) throw new Invalid('daily_salary must not be negative.');
  await known(context, 'department', values.department_id);
  await known(context, 'directory_person', values.person_id);
};

/**
 * A person, or a place that nobody has yet, for some months in a budget. `daily_salary` is in the budget's currency; `exceptions` are
 * amounts that replace the computed ones, by month.
 */
export const budgetEntry = resource({
  service: 'budgets', name: 'budget_entry', path: '/data/budget-entries', type: 'BudgetEntry',
  published: announced('budget-entry', (e) => ({ budget_entry_id: e.data.budget_entry_id, budget_id: e.data.budget_id ?? null, project_id: e.data.project_id ?? null }),
    (e) => ({ budget_entry_id: e.data.budget_entry_id })),
  fields: {
    budget_id: f.uuid({ required: true, immutable: true }), department_id: f.uuid({ required: true }), person_id: f.uuid(), start_date: f.date({ required: true }),
    months_duration: f.integer({ required: true }), daily_salary: f.float({ required: true }), position: f.string(255, { choices: POSITIONS, default: 'artist' }),
    seniority: f.string(255, { choices: SENIORITIES, default: 'mid' }), exceptions: f.json(),
    project_id: f.uuid({ hidden: true, immutable: true }), announced_as: f.string(10, { hidden: true, immutable: true }),
  },
  access: money, indexes: ['budget_id', 'project_id'],
  creating: async (values, context) => {
    await known(context, 'budget', values.budget_id);
    await checkEntry(values, context);
    const of = values.budget_id ? await context.db.one<{ project_id: string | null }>(sql`select project_id from budget where id = ${values.budget_id}`) : null;
    return { announced_as: 'new', project_id: of?.project_id ?? null };
  },
  updating: async (changes, _row, context) => {
    await checkEntry(changes, context);
    return {};
  },
});
