import { department } from '@shotlog/auth/department/department';
import { apiTime, bodySchema, command, common, defineState, derivedId, event, f, fieldSchema, insert, Invalid, isId, list, listed, NotFound, on, oneText, only, pathId, projection, remove, Rendered, route, shown, sql, table, to, update, wantsRelations, type EventOf, type Route, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { POSITIONS, SENIORITIES } from '../budget/budget.ts';

const Id = z.guid();
const fields = { department_id: f.uuid(), position: f.string(255, { choices: POSITIONS }), seniority: f.string(255, { choices: SENIORITIES }), salary: f.integer() };
const Changes = z.object({ position: z.enum(POSITIONS).optional(), seniority: z.enum(SENIORITIES).optional(), salary: z.number().optional(), department_id: Id.optional() });
const tell = (what: string) => ({ publish: (e: { data: { salary_scale_id: string } }) => [{ name: `salary-scale:${what}`, payload: { salary_scale_id: e.data.salary_scale_id } }] });

/** Only what changed. A scale exists from the moment its department does: no event makes it. */
export const SalaryScaleUpdated = event('SalaryScaleUpdated', 1, z.object({ salary_scale_id: Id, changes: Changes }), tell('update'));
export const SalaryScaleDeleted = event('SalaryScaleDeleted', 1, z.object({ salary_scale_id: Id }), tell('delete'));

/** The id of the scale of a department, position and seniority: the same in every replay. */
export const salaryScaleId = (department_id: string, position: string, seniority: string): string => derivedId('salary scale', department_id, position, seniority);

export const salaryScaleTable = table('salary_scale', { ...fields, ...common }, { indexes: ['department_id'] });
const shape: Shape = { table: salaryScaleTable, type: 'SalaryScale' };
const SalaryScale = shown('SalaryScale', salaryScaleTable.fields);

/** What a day of work is paid, in each department for each position and seniority; 0 until somebody says. */
export const salaryScaleProjection = projection('salary_scale', [salaryScaleTable], [
  on(department.events.created, (e) => POSITIONS.flatMap((position) => SENIORITIES.map((seniority) => insert(salaryScaleTable, {
    id: salaryScaleId(e.data.department_id, position, seniority), department_id: e.data.department_id, position, seniority, salary: 0,
    created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })))),
  on(department.events.deleted, (e) => sql`delete from salary_scale where department_id = ${e.data.department_id}`),
  on(SalaryScaleUpdated, (e) => update(salaryScaleTable, e.data.salary_scale_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
  on(SalaryScaleDeleted, (e) => remove(salaryScaleTable, e.data.salary_scale_id)),
]);

type State = { gone: boolean; values: z.infer<typeof Changes> };
const state = defineState<State, EventOf<typeof SalaryScaleUpdated | typeof SalaryScaleDeleted>>({
  initial: { gone: false, values: {} },
  evolve: (s, e) => (e.type === 'SalaryScaleDeleted' ? { ...s, gone: true } : { ...s, values: { ...s.values, ...e.data.changes } }),
});
const existing = async (c: { salary_scale_id: string }, context: Parameters<NonNullable<typeof updateSalaryScale.prepare>>[1]) => {
  only.admin(context.caller);
  if (!isId(c.salary_scale_id)) throw new Invalid('This is no id.');
  const row = await context.db.one(sql`select * from salary_scale where id = ${c.salary_scale_id}`);
  if (!row) throw new NotFound('salary scale', c.salary_scale_id);
  return row;
};

const optional = (name: keyof typeof fields): z.ZodType<any> => fieldSchema(name, fields[name]);
/** Sets what is paid. */
export const updateSalaryScale = command({
  subject: 'cmd.budgets.update-salary-scale', state, access: to.admins,
  schema: z.object({ salary_scale_id: z.string(), position: optional('position'), seniority: optional('seniority'), salary: optional('salary') }),
  prepare: async ({ salary_scale_id, ...wanted }: any, context): Promise<any> => {
    const row: Record<string, any> = await existing({ salary_scale_id }, context);
    const changes = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== undefined && value !== null && value !== row[name]));
    return { salary_scale_id, changes };
  },
  stream: (c: any) => `salary_scale-${c.salary_scale_id}`,
  decide: ({ salary_scale_id, changes }: any, s) => {
    if (s.gone) throw new NotFound('salary scale', salary_scale_id);
    return Object.keys(changes).length === 0 ? [] : [SalaryScaleUpdated({ salary_scale_id, changes })];
  },
  answer: async (c: any, context) => JSON.parse((await oneText(context.db, shape, context.caller, sql`t.id = ${c.salary_scale_id}`, false))!),
});

/** Takes a scale away for good. */
export const deleteSalaryScale = command({
  subject: 'cmd.budgets.delete-salary-scale', state, access: to.admins, schema: z.object({ salary_scale_id: z.string() }),
  prepare: async (c, context) => (await existing(c, context), c),
  stream: (c) => `salary_scale-${c.salary_scale_id}`,
  decide: (c, s) => (s.gone ? [] : [SalaryScaleDeleted(c)]),
});

/** There is one for each department, position and seniority already. */
export const createSalaryScale = command({
  subject: 'cmd.budgets.create-salary-scale', state, schema: z.unknown(), access: to.admins, stream: () => 'salary_scale-none',
  decide: () => { throw new Invalid('Salary scales exist for every department; they cannot be created.'); },
});

const path = '/data/salary-scales';
export const salaryScaleRoutes: Route[] = [
  route({ method: 'get', path, summary: 'List salary scales', answers: { 200: listed(SalaryScale) }, access: to.admins, ask: (c) => {
    c.keep(['studio'], 'role');
    return list({ shape, db: c.db, caller: c.caller, request: c.request });
  } }),
  route({ method: 'post', path, summary: 'Refused: salary scales come with departments', answers: { 201: SalaryScale }, command: createSalaryScale, status: 201 }),
  route({ method: 'get', path: `${path}/{instance_id}`, summary: 'Get a salary scale', answers: { 200: SalaryScale }, access: to.admins, ask: async (c) => {
    const id = pathId(c.request, 'instance_id', 400);
    const text = await oneText(c.db, shape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request));
    if (text === null) throw new NotFound('salary scale', id);
    return new Rendered(text);
  } }),
  route({ method: 'put', path: `${path}/{instance_id}`, summary: 'Set a salary', body: bodySchema({ position: fields.position, seniority: fields.seniority, salary: fields.salary }), answers: { 200: SalaryScale }, command: updateSalaryScale, status: 200,
    input: (r) => ({ ...(r.body as object), salary_scale_id: r.params.instance_id?.toLowerCase() }) }),
  route({ method: 'delete', path: `${path}/{instance_id}`, summary: 'Delete a salary scale', command: deleteSalaryScale, status: 204,
    input: (r) => ({ salary_scale_id: r.params.instance_id?.toLowerCase() }) }),
];
