import { access, f, Invalid, only, ownProductions, resource, sql, to, type Context, type Publication, type Recorded } from '@shotlog/kernel';

const project = async (context: Pick<Context, 'db'>, id: unknown): Promise<void> => {
  if (!(await context.db.one(sql`select 1 from project where id = ${(id ?? null) as string}`))) throw new Invalid('project_id names no production.');
};

/** What the system itself changes follows from a version that was applied, which is told under a name of its own. */
const told = (what: string, { data, metadata }: Recorded): Publication[] => (what === 'update' && metadata.actor === null ? []
  : [{ name: `production-schedule-version:${what}`, payload: { production_schedule_version_id: data.production_schedule_version_id, project_id: data.project_id } }]);

/** A plan of a production that may be tried out beside the one that is worked by. */
export const scheduleVersion = resource({
  service: 'tasks', name: 'production_schedule_version', path: '/data/production-schedule-versions', type: 'ProductionScheduleVersion', published: told,
  fields: { name: f.string(80, { required: true }), project_id: f.uuid({ required: true, immutable: true }), production_schedule_from: f.uuid(), locked: f.boolean({ default: false }), canceled: f.boolean({ default: false }) },
  unique: [['project_id', 'name']],
  access: {
    ...access.production, list: to.teamStaff.listed, one: to.teamStaff.of('project_id'), remove: to.admins, scope: (c) => (only.staff(c), ownProductions(c)),
  },
  creating: async (values, context) => {
    await project(context, values.project_id);
    return {};
  },
  removing: async (row, context, force) => {
    if (await context.db.one(sql`select 1 from production_schedule_version where production_schedule_from = ${row.id}`)) throw new Invalid('Other versions were made from this one.');
    if (force) return;
    const used = await context.db.one(sql`select 1 from production_schedule_version_task_link where production_schedule_version_id = ${row.id} union all select 1 from project where from_schedule_version_id = ${row.id} limit 1`);
    if (used) throw new Invalid('The version plans tasks. Send force=true to delete it with its plans.');
  },
});

const versionOf = (context: Pick<Context, 'db'>, id: unknown) => context.db.one(sql`select * from production_schedule_version where id = ${(id ?? null) as string}`);

/** The plan of one task in a version. `estimation` is minutes. */
export const scheduleLink = resource({
  service: 'tasks', name: 'production_schedule_version_task_link', path: '/data/production-schedule-version-task-links', type: 'ProductionScheduleVersionTaskLink', published: 'production-schedule-version-task-link',
  fields: { production_schedule_version_id: f.uuid({ required: true, immutable: true }), task_id: f.uuid({ required: true, immutable: true }), start_date: f.time(), due_date: f.time(), estimation: f.float({ default: 0 }),
    assignees: f.uuids({ relation: true, default: [] }), project_id: f.uuid({ hidden: true, immutable: true }) },
  unique: [['production_schedule_version_id', 'task_id']], indexes: ['production_schedule_version_id', 'task_id'],
  access: {
    ...access.production, one: to.teamStaff.of('project_id'), create: to.teamManagers, policy: { create: only.supervisor },
  },
  creating: async (values, context) => {
    const version = await versionOf(context, values.production_schedule_version_id);
    if (!version) throw new Invalid('production_schedule_version_id names nothing that exists.');
    only.teamManager(context.caller, version.project_id);
    if (!(await context.db.one(sql`select 1 from task where id = ${values.task_id ?? null} and project_id = ${version.project_id}`))) throw new Invalid('task_id names no task of the production.');
    return { project_id: version.project_id };
  },
});
