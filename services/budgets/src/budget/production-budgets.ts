import { to } from '@shotlog/kernel';
import {
  bodySchema, command, Conflict, fieldSchema, f, Invalid, isId, NotFound, oneText, only, pathId, raw, rendered, route, spanning, sql, type Caller, type Claim, type Context, type Request, type Route,
} from '@shotlog/kernel';
import { z } from 'zod';
import { budget, budgetEntry, checkEntry } from './budget.ts';
import { Budget, BudgetEntry } from './budget.answers.ts';

/** Ids of these routes are refused with 400 when they are none, as clients know it. */
const Id = z.string().refine(isId, { error: 'This is no id.' }).transform((v) => v.toLowerCase());
const BudgetIds = z.object({ project_id: Id, budget_id: Id });
const EntryIds = BudgetIds.extend({ entry_id: Id });

const Name = z.string().min(1, { error: 'name is needed.' }).max(255);
const Currency = fieldSchema('currency', f.string(3)) as z.ZodType<string | null | undefined>;
const { budget_id: _b, project_id: _p, announced_as: _a, ...entryFields } = Object.fromEntries(
  Object.entries(budgetEntry.table.fields).filter(([name]) => !['id', 'created_at', 'updated_at', 'log_position'].includes(name)));
const EntryBody = bodySchema(entryFields);

const mayManage = (caller: Caller, c: { project_id: string }) => only.teamManager(caller, c.project_id);
type Row = Record<string, any> | null;
/** The state of a budget or entry that the path names rightly. @throws NotFound */
const within = (row: Row, c: { project_id: string }, what: string, id: string): Record<string, any> => {
  if (row === null || row.project_id !== c.project_id) throw new NotFound(what, id);
  return row;
};
const changed = (row: Record<string, any>, values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name, v]) => v !== undefined && JSON.stringify(v) !== JSON.stringify(row[name] ?? null)));
const shownBudget = async (id: string, context: Context) => JSON.parse((await oneText(context.db, budget.shape, context.caller, sql`t.id = ${id}`, false))!);
const shownEntry = async (id: string, context: Context) => JSON.parse((await oneText(context.db, budgetEntry.shape, context.caller, sql`t.id = ${id}`, false))!);
const project = async (context: Context, project_id: string) => {
  if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
};
const budgetOf = async (context: Context, c: { project_id: string; budget_id: string }) => {
  if (!(await context.db.one(sql`select 1 from budget where id = ${c.budget_id} and project_id = ${c.project_id}`))) throw new NotFound('budget', c.budget_id);
};

/** Two budgets of a production that are made at once take different numbers. */
const revisionClaims = (row: any): Claim[] => (row?.project_id ? [{ kind: 'budget.revision', key: `${row.project_id}\n${row.revision}` }] : []);
/** Where the claims are read from when the database was made anew. */
export const revisionClaimSource = "select 'budget.revision', project_id || E'\\n' || revision, 'budget-' || id from budget where project_id is not null";

/** A step: makes a budget under a number that no other one of the production has. @throws Conflict (409) when one has it. */
export const makeBudget = command({
  subject: 'cmd.budgets.make-production-budget', schema: z.object({ budget_id: Id, project_id: Id, name: Name, currency: z.string(), revision: z.number().int() }), state: budget.commands.create.state as any, creates: true,
  claims: revisionClaims, access: to.teamManagers.of('project_id'), stream: (c: any) => budget.stream(c.budget_id),
  decide: (c: any, row: unknown) => (row !== null ? [] : [budget.events.created({ ...c, announced_as: 'create' })]),
  taken: () => new Conflict('Others make budgets of this production at the same time. Try again.'),
});

/** How many numbers are tried while others take them. */
const ATTEMPTS = 50;

/** Makes a budget with the production's next revision number. */
export const createBudget = spanning({
  subject: 'cmd.budgets.create-production-budget', schema: z.object({ project_id: Id, name: Name, currency: Currency }), access: to.teamManagers.of('project_id'),
  prepare: async (c, context: Context) => {
    await project(context, c.project_id);
    mayManage(context.caller, c);
    return c;
  },
  handle: async (c, context) => {
    const last = await context.db.one<{ revision: number }>(sql`select coalesce(max(revision), 0)::int as revision from budget where project_id = ${c.project_id}`);
    const wanted = { budget_id: context.moment.id(), project_id: c.project_id, name: c.name, currency: c.currency ?? 'USD' };
    for (let attempt = 1; ; attempt++) {
      const made = await context.run(makeBudget, { ...wanted, revision: last!.revision + attempt }, 'make').then(() => true, (error) => {
        if (!(error instanceof Conflict) || attempt >= ATTEMPTS) throw error;
        return false;
      });
      if (made) return;
    }
  },
  answer: (_, context) => shownBudget(context.moment.id(), context),
});

/** Renames a budget or changes its currency. */
export const updateBudget = command({
  subject: 'cmd.budgets.update-production-budget', schema: BudgetIds.extend({ name: Name.optional(), currency: Currency }), state: budget.commands.create.state as any, access: to.teamManagers.of('project_id'),
  claims: revisionClaims, stream: (c: any) => budget.stream(c.budget_id),
  decide: ({ budget_id, project_id, name, currency }: any, row: Row) => {
    const changes = changed(within(row, { project_id }, 'budget', budget_id), { name, currency });
    return Object.keys(changes).length === 0 ? [] : [budget.events.updated({ budget_id, project_id, changes })];
  },
  answer: (c: any, context) => shownBudget(c.budget_id, context),
});

/** Takes a budget away, with its entries. */
export const deleteBudget = command({
  subject: 'cmd.budgets.delete-production-budget', schema: BudgetIds, state: budget.commands.create.state as any, access: to.teamManagers.of('project_id'),
  claims: revisionClaims, stream: (c: any) => budget.stream(c.budget_id),
  decide: (c: any, row: Row) => {
    within(row, c, 'budget', c.budget_id);
    return [budget.events.deleted({ budget_id: c.budget_id, project_id: c.project_id })];
  },
});

/** Puts an entry into a budget. */
export const createEntry = command({
  subject: 'cmd.budgets.create-production-entry', schema: EntryBody.extend(BudgetIds.shape), state: budgetEntry.commands.create.state as any, creates: true, access: to.teamManagers.of('project_id'),
  prepare: async (c: any, context: Context) => {
    mayManage(context.caller, c);
    await budgetOf(context, c);
    for (const name of ['department_id', 'start_date', 'months_duration', 'daily_salary']) {
      if (c[name] === undefined || c[name] === null) throw new Invalid(`${name} is needed.`, { data: { errors: [{ field: name, message: 'needed' }] } });
    }
    await checkEntry(c, context);
    return { ...c, person_id: c.person_id ?? null, position: c.position ?? 'artist', seniority: c.seniority ?? 'mid', exceptions: c.exceptions ?? {}, entry_id: context.moment.id() };
  },
  stream: (c: any) => budgetEntry.stream(c.entry_id),
  decide: ({ entry_id, ...values }: any, row: unknown) => (row !== null ? [] : [budgetEntry.events.created({ ...values, budget_entry_id: entry_id, announced_as: 'create' })]),
  answer: (c: any, context) => shownEntry(c.entry_id, context),
});

const entryWithin = (row: Row, c: { project_id: string; budget_id: string; entry_id: string }) => {
  const live = within(row, c, 'budget entry', c.entry_id);
  if (live.budget_id !== c.budget_id) throw new NotFound('budget entry', c.entry_id);
  return live;
};

/** Changes what is sent of an entry. */
export const updateEntry = command({
  subject: 'cmd.budgets.update-production-entry', schema: EntryBody.extend(EntryIds.shape), state: budgetEntry.commands.create.state as any, access: to.teamManagers.of('project_id'),
  prepare: async (c: any, context: Context) => {
    mayManage(context.caller, c);
    await budgetOf(context, c);
    for (const name of ['department_id', 'start_date', 'months_duration', 'daily_salary']) if (c[name] === null) throw new Invalid(`${name} is needed.`);
    await checkEntry(c, context);
    return c;
  },
  stream: (c: any) => budgetEntry.stream(c.entry_id),
  decide: ({ project_id, budget_id, entry_id, ...values }: any, row: Row) => {
    const changes = changed(entryWithin(row, { project_id, budget_id, entry_id }), values);
    return Object.keys(changes).length === 0 ? [] : [budgetEntry.events.updated({ budget_entry_id: entry_id, budget_id, project_id, changes })];
  },
  answer: (c: any, context) => shownEntry(c.entry_id, context),
});

/** Takes an entry out of its budget. */
export const deleteEntry = command({
  subject: 'cmd.budgets.delete-production-entry', schema: EntryIds, state: budgetEntry.commands.create.state as any, access: to.teamManagers.of('project_id'),
  prepare: async (c, context: Context) => {
    mayManage(context.caller, c);
    await budgetOf(context, c);
    return c;
  },
  stream: (c) => budgetEntry.stream(c.entry_id),
  decide: (c, row: Row) => {
    entryWithin(row, c);
    return [budgetEntry.events.deleted({ budget_entry_id: c.entry_id, budget_id: c.budget_id, project_id: c.project_id })];
  },
});

const money = '/data/projects/{project_id}/budgets';
const one = `${money}/{budget_id}`;
const ids = (request: Request) => Object.fromEntries(Object.keys(request.params).map((name) => [name, pathId(request, name, 400)])) as Record<string, string>;

/** What a production costs, for whoever manages it. */
export const productionBudgetRoutes: Route[] = [
  route({ method: 'get', path: money, summary: 'List the budgets of a production', answers: { 200: z.array(Budget) }, access: to.teamManagers.of('project_id'), ask: async (c) => {
    const { project_id } = ids(c.request);
    await project(c, project_id!);
    c.keep([project_id!], 'role');
    return rendered(c.db, sql`select id, project_id, revision, name, currency from budget where project_id = ${project_id} order by log_position`);
  } }),
  route({ method: 'post', path: money, summary: 'Create a budget', answers: { 200: Budget }, command: createBudget, status: 200 }),
  route({ method: 'get', path: one, summary: 'Get a budget', answers: { 200: Budget }, access: to.teamManagers.of('project_id'), ask: async (c) => {
    const { project_id, budget_id } = ids(c.request);
    await budgetOf(c, { project_id: project_id!, budget_id: budget_id! });
    return shownBudget(budget_id!, c);
  } }),
  route({ method: 'put', path: one, summary: 'Update a budget', answers: { 200: Budget }, command: updateBudget, status: 200 }),
  route({ method: 'delete', path: one, summary: 'Delete a budget with its entries', command: deleteBudget, status: 204 }),
  route({ method: 'get', path: `${one}/entries`, summary: 'List the entries of a budget', answers: { 200: z.array(BudgetEntry) }, access: to.teamManagers.of('project_id'), ask: async (c) => {
    const { project_id, budget_id } = ids(c.request);
    await budgetOf(c, { project_id: project_id!, budget_id: budget_id! });
    c.keep([project_id!], 'role');
    return rendered(c.db, sql`select ${raw('id, budget_id, department_id, person_id, start_date, months_duration, daily_salary, position, seniority, exceptions')}
      from budget_entry where budget_id = ${budget_id} order by log_position`);
  } }),
  route({ method: 'post', path: `${one}/entries`, summary: 'Create an entry of a budget', answers: { 200: BudgetEntry }, command: createEntry, status: 200 }),
  route({ method: 'get', path: `${one}/entries/{entry_id}`, summary: 'Get an entry of a budget', answers: { 200: BudgetEntry }, access: to.teamManagers.of('project_id'), ask: async (c) => {
    const { project_id, budget_id, entry_id } = ids(c.request);
    await budgetOf(c, { project_id: project_id!, budget_id: budget_id! });
    if (!(await c.db.one(sql`select 1 from budget_entry where id = ${entry_id} and budget_id = ${budget_id}`))) throw new NotFound('budget entry', entry_id);
    return shownEntry(entry_id!, c);
  } }),
  route({ method: 'put', path: `${one}/entries/{entry_id}`, summary: 'Update an entry of a budget', answers: { 200: BudgetEntry }, command: updateEntry, status: 200 }),
  route({ method: 'delete', path: `${one}/entries/{entry_id}`, summary: 'Delete an entry of a budget', command: deleteEntry, status: 204 }),
];
