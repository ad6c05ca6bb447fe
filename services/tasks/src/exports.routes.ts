import { media, only, raw, Reply, route, sql, textArray, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { stringify } from 'csv-stringify/sync';
import { FULL_JOINS, OPEN } from './task/todo.queries.ts';

/** Cells that a spreadsheet would take for a formula are written with an apostrophe in front. */
const csv = (name: string, rows: unknown[][]): Reply =>
  new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` }, stringify(rows, { delimiter: ';', escape_formulas: true }));
/** A number with at least one decimal: 60 is written 60.0. */
const decimal = (n: number): string => (Number.isInteger(n) ? n.toFixed(1) : String(n));
/** Productions of the caller: all for admins. */
const mine = (c: QueryContext, column: string): Statement =>
  c.caller.isAdmin ? raw('true') : sql`${raw(column)} = any(${textArray([...c.caller.teams.keys()].filter((p) => c.caller.manages(p)))}::uuid[])`;

const tasksCsv = async (c: QueryContext): Promise<Reply> => {
  const day = (column: string) => raw(`coalesce(to_char(t.${column}, 'YYYY-MM-DD'), '')`);
  const rows = await c.db.all(sql`select j.name as project, y.name as type, p.name as episode, q.name as sequence, k.name as entity_type, e.name as entity, t.assigner_id, coalesce(t.assignees, '{}')::text[] as assignees, t.duration,
    t.estimation, ${day('start_date')} as start_date, ${day('due_date')} as due_date, ${day('real_start_date')} as wip, ${day('end_date')} as validation, s.name as status
    from task t ${FULL_JOINS} where ${OPEN} and ${mine(c, 't.project_id')} order by j.name, y.name, p.name nulls first, q.name nulls first, k.name, e.name`);
  const cards = await c.persons([...new Set(rows.flatMap((r) => [...r.assignees, ...(r.assigner_id ? [r.assigner_id] : [])]))]);
  const name = (id: string | null) => (id && cards.get(id)?.full_name) || '';
  return csv('tasks', [['Project', 'Task Type', 'Episode', 'Sequence', 'Entity Type', 'Entity', 'Assigner', 'Assignees', 'Duration', 'Estimation', 'Start date', 'Due date', 'WIP date', 'Validation date', 'Task Status'],
    ...rows.map((r) => [r.project, r.type, r.episode, r.sequence, r.entity_type, r.entity, name(r.assigner_id), r.assignees.map(name).filter(Boolean).join(', '), decimal(r.duration), decimal(r.estimation), r.start_date, r.due_date, r.wip, r.validation, r.status])]);
};

const taskTypesCsv = async (c: QueryContext): Promise<Reply> => {
  const rows = await c.db.all(raw('select distinct d.name as department, y.name from task_type y join department d on d.id = y.department_id order by 1, 2'));
  return csv('task_types', [['Department', 'Name'], ...rows.map((r) => [r.department, r.name])]);
};

const timeSpentsCsv = async (c: QueryContext): Promise<Reply> => {
  const rows = await c.db.all(sql`select j.name as project, h.person_id, k.name as entity_type, concat_ws(' / ', p.name, q.name, e.name) as entity, y.name as type, h.date::text as date, h.duration
    from time_spent h join task t on t.id = h.task_id ${FULL_JOINS} where ${mine(c, 'h.project_id')} order by h.date, j.name, h.log_position`);
  const cards = await c.persons([...new Set(rows.map((r) => r.person_id as string))]);
  return csv('time_spents', [['Project', 'Person', 'Entity Type Name', 'Entity', 'Task Type', 'Date', 'Time spent'],
    ...rows.map((r) => [r.project, cards.get(r.person_id)?.full_name ?? '', r.entity_type, r.entity, r.type, r.date, decimal(r.duration)])]);
};

/** Tables for spreadsheets, semicolons between the cells. Managers get those of their productions. */
export const exportRoutes: Route[] = [
  route({ method: 'get', path: '/export/csv/tasks.csv', summary: 'Export the tasks of open productions', answers: { 200: media('text/csv') }, access: to.teamManagers.listed, policy: only.manager, ask: tasksCsv }),
  route({ method: 'get', path: '/export/csv/task-types.csv', summary: 'Export the task types with their departments', answers: { 200: media('text/csv') }, access: to.managers, ask: taskTypesCsv }),
  route({ method: 'get', path: '/export/csv/time-spents.csv', summary: 'Export the hours of everybody', answers: { 200: media('text/csv') }, access: to.teamManagers.listed, policy: only.manager, ask: timeSpentsCsv }),
];
