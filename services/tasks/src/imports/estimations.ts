import { needed, problem, rowsOf, uploaded, type Row } from '@shotlog/breakdown/import/csv-file';
import { allow, isDate, OneFile, only, pathId, raw, rendered, route, selectList, sql, textArray, to, type QueryContext, type Route } from '@shotlog/kernel';
import { existingEntity, existingProject, existingTaskType } from '../task/task.queries.ts';
import { supervisesTask } from '../task/task.policy.ts';
import { taskShape } from '../task/task.table.ts';
import { changeTask } from '../task/update-task.ts';
import { Task } from '../task/task.answers.ts';
import { z } from 'zod';

type Planned = { id: string; changes: Record<string, unknown> };
const MINUTES = 60;

const day = (row: Row, column: string): string | null => {
  const text = row.cells[column] ?? '';
  if (text === '') return null;
  if (!isDate(text)) throw problem(row.line, `"${column}" must be a day, YYYY-MM-DD.`);
  return text;
};
const number = (row: Row, column: string): number | null => {
  const text = row.cells[column] ?? '';
  if (text === '') return null;
  if (!/^-?\d{1,7}(\.\d+)?$/.test(text)) throw problem(row.line, `"${column}" must be a number.`);
  return Number(text);
};
/** The last of so many working days, weekends left out. */
export const lastDay = (start: string, days: number): string => {
  const date = new Date(`${start}T00:00:00Z`);
  for (let left = Math.max(0, Math.ceil(days) - 1); left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (date.getUTCDay() % 6 !== 0) left -= 1;
  }
  return date.toISOString().slice(0, 10);
};

const changesOf = (row: Row, hours_by_day: number): Record<string, unknown> => {
  const [days, difficulty, start] = [number(row, 'Estimation'), number(row, 'Difficulty'), day(row, 'Start date')];
  if (difficulty !== null && (!Number.isInteger(difficulty) || difficulty < 1 || difficulty > 5)) throw problem(row.line, '"Difficulty" must be between 1 and 5.');
  const due = day(row, 'Due date') ?? (start !== null && days !== null && days > 0 && days < 10_000 ? lastDay(start, days) : null);
  return { ...(days === null ? {} : { estimation: Math.round(days * hours_by_day * MINUTES) }), ...(difficulty === null ? {} : { difficulty }),
    ...(start === null ? {} : { start_date: `${start}T00:00:00` }), ...(due === null ? {} : { due_date: `${due}T00:00:00` }) };
};

/** Lines of Parent (sequence, episode or asset type), Entity and what is planned. Nothing is taken when a line is wrong. */
const plan = async (c: QueryContext, project_id: string, task_type_id: string, episode_id: string | null): Promise<Planned[]> => {
  const { bytes } = await uploaded(c.request);
  const known = await c.db.all(sql`select t.id, lower(e.name) as name, lower(coalesce(q.name, case when e.kind = 'asset' then k.name else '' end)) as parent
    from task t join entity e on e.id = t.entity_id left join entity q on q.id = e.parent_id left join entity_type k on k.id = e.entity_type_id where t.project_id = ${project_id} and t.task_type_id = ${task_type_id}
    and ${episode_id === null ? raw('true') : sql`(e.source_id = ${episode_id} or e.parent_id = ${episode_id} or q.parent_id = ${episode_id})`} order by t.log_position desc`);
  const tasks = new Map(known.map((t) => [`${t.parent}\n${t.name}`, t.id as string]));
  const hours = (await c.db.one<{ hours_by_day: number | null }>(sql`select hours_by_day from organisation limit 1`))?.hours_by_day || 8;
  return rowsOf(bytes).map((row) => {
    if (row.cells.Parent === undefined) throw problem(row.line, 'the column "Parent" is missing.');
    const id = tasks.get(`${row.cells.Parent.toLowerCase()}\n${needed(row, 'Entity').toLowerCase()}`);
    if (!id) throw problem(row.line, `there is no task for "${row.cells.Entity}" of "${row.cells.Parent}".`);
    return { id, changes: changesOf(row, hours) };
  });
};

const importEstimations = async (c: QueryContext): Promise<unknown> => {
  const project_id = pathId(c.request, 'project_id');
  await existingProject(c.db, project_id);
  only.teamSupervisor(c.caller, project_id);
  const type = await existingTaskType(c.db, pathId(c.request, 'task_type_id'));
  allow(supervisesTask(c.caller, { project_id, assignees: [], department_id: type.department_id }));
  const episode = c.request.params.episode_id === undefined ? null : await existingEntity(c.db, pathId(c.request, 'episode_id'));
  const planned = await plan(c, project_id, type.id, episode?.id ?? null);
  for (const [n, { id, changes }] of planned.entries()) await c.runAsSystem(changeTask, { task_id: id, changes, person_id: c.caller.id }, `line ${n}`);
  await c.settled();
  return rendered(c.db, sql`select ${selectList(taskShape, c.caller, false)} from task t where id = any(${textArray(planned.map((p) => p.id))}::uuid[]) order by log_position`);
};

const estimations = (path: string): Route => route({
  method: 'post', path, summary: 'Import estimations of one task type from a CSV table', upload: OneFile, answers: { 201: z.array(Task) }, access: to.teamSupervisors, status: 201, handle: importEstimations,
  description: 'Columns Parent, Entity, Estimation (days), Start date, Due date, Difficulty. A wrong line refuses the whole table (400 with `line_number`).',
});
export const estimationRoutes: Route[] = [
  estimations('/import/csv/projects/{project_id}/task-types/{task_type_id}/estimations'), estimations('/import/csv/projects/{project_id}/episodes/{episode_id}/task-types/{task_type_id}/estimations'),
];
