import { access, allow, f, Forbidden, Invalid, resource, sql, to, type Context, type Publication, type Recorded } from '@shotlog/kernel';

const positive = (values: Record<string, any>): void => {
  if (values.duration !== undefined && values.duration !== null && values.duration <= 0) throw new Invalid('duration must be more than 0 minutes.');
};
const isAssigned = async (context: Context, task_id: string, person_id: string): Promise<boolean> =>
  !!(await context.db.one(sql`select 1 from task where id = ${task_id} and ${person_id}::uuid = any(assignees)`));

/** Who notes hours in a time sheet was there: the person shows it. */
const told = (what: string, { data }: Recorded): Publication[] => [{ name: `time-spent:${what}`, payload: { time_spent_id: data.time_spent_id, project_id: data.project_id ?? null } },
  ...(what === 'new' && !data.off_sheet ? [{ name: 'person:update', payload: { person_id: data.person_id } }] : [])];

/** Minutes that a person has worked on a task on one day. `off_sheet`: nobody noted them in a time sheet, so that they do not tell when the person was last there. */
export const timeSpent = resource({
  service: 'tasks', name: 'time_spent', path: '/data/time-spents', type: 'TimeSpent', published: told,
  fields: { duration: f.float({ required: true }), date: f.date({ required: true }), task_id: f.uuid({ required: true, immutable: true }), person_id: f.uuid({ required: true, immutable: true }), project_id: f.uuid({ hidden: true, immutable: true }),
    off_sheet: f.boolean({ hidden: true, immutable: true }) },
  unique: [['task_id', 'person_id', 'date']], indexes: ['task_id', 'person_id, date', 'project_id', 'date'],
  access: { ...access.admin, remove: to.teamOneself, policy: { remove: (caller, row) => allow(caller.isAdmin || caller.id === row.person_id) } },
  creating: async (values, context) => {
    positive(values);
    const task = await context.db.one(sql`select project_id from task where id = ${values.task_id ?? null}`);
    if (!task) throw new Invalid('task_id names no task.');
    if (!(await context.db.one(sql`select 1 from directory_person where id = ${values.person_id ?? null}`))) throw new Invalid('person_id names nobody.');
    return { project_id: task.project_id, off_sheet: true };
  },
  updating: (changes) => (positive(changes), changes),
  removing: async (row, context) => {
    // Hours belong to who is assigned: what is left of somebody who no longer is stays in the books.
    if (!(await isAssigned(context, row.task_id, row.person_id))) throw new Forbidden();
  },
});
