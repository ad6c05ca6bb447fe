import { command, defineState, derivedId, event, Invalid, isId, listed, NotFound, only, pathId, raw, rendered, route, selectList, spanning, sql, to, wantsRelations, type Context, type Route, type Statement } from '@shotlog/kernel';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { projectState, projectStream } from '@shotlog/breakdown/project/project.state';
import { z } from 'zod';
import { changeTask, setAssignees } from '../task/update-task.ts';
import { scheduleLink, scheduleVersion } from './schedule-version.ts';
import { VersionStep } from '../schedule-item/schedule-item.answers.ts';

const existing = async (context: Pick<Context, 'db'>, id: unknown): Promise<Record<string, any>> => {
  const row = isId(id) ? await context.db.one(sql`select * from production_schedule_version where id = ${id}`) : null;
  if (!row) throw new NotFound('production schedule version', isId(id) ? id : undefined);
  return row;
};
const Versions = z.object({ version_id: z.string(), from_id: z.unknown().optional() });

const each = async <T>(items: T[], step: (item: T) => Promise<unknown>): Promise<void> => {
  const next = items[Symbol.iterator]();
  await Promise.all(Array.from({ length: Math.min(24, items.length) }, async () => { for (const item of next) await step(item); }));
};

/** A version was given the plans of many tasks at once, or became the plan of the production. */
export const ScheduleVersionChanged = event('ScheduleVersionChanged', 1, z.object({ production_schedule_version_id: z.guid(), project_id: z.guid(), what: z.enum(['filled', 'applied']) }),
  { publish: (e) => [{ name: 'production_schedule_version:update', payload: { production_schedule_version_id: e.data.production_schedule_version_id, project_id: e.data.project_id } }] });
const noteChange = command({
  subject: 'cmd.tasks.note-schedule-version', schema: z.object({ id: z.guid(), project_id: z.guid(), what: z.enum(['filled', 'applied']) }), state: defineState({ initial: null, evolve: () => null }),
  access: to.system, stream: ({ id }) => scheduleVersion.stream(id),
  decide: ({ id, project_id, what }) => [ScheduleVersionChanged({ production_schedule_version_id: id, project_id, what })],
});

/** Puts plans (SQL of task_id, start_date, due_date, estimation, assignees) into a version; tasks that it plans already get the new plan. */
const fill = async (context: Context, version: Record<string, any>, plans: Statement): Promise<{ success: boolean; task_link_count: number }> => {
  const rows = await context.db.all(sql`select p.task_id, to_char(p.start_date, 'YYYY-MM-DD"T"HH24:MI:SS') as start_date, to_char(p.due_date, 'YYYY-MM-DD"T"HH24:MI:SS') as due_date, p.estimation, coalesce(p.assignees, '{}')::text[] as assignees, l.id as link
    from (${plans}) p left join production_schedule_version_task_link l on l.production_schedule_version_id = ${version.id} and l.task_id = p.task_id`);
  await each(rows, async ({ task_id, link, ...plan }) => link === null
    ? context.runAsSystem(scheduleLink.commands.create, { production_schedule_version_task_link_id: derivedId('schedule link', version.id, task_id), production_schedule_version_id: version.id, task_id, ...plan }, `link ${task_id}`)
    : context.runAsSystem(scheduleLink.commands.update, { id: link, changes: plan }, `link ${task_id}`));
  await context.runAsSystem(noteChange, { id: version.id, project_id: version.project_id, what: 'filled' }, 'note');
  await context.settled();
  return { success: true, task_link_count: rows.length };
};

/** Plans in a version what the production's tasks say now. */
const fillFromProduction = spanning({
  subject: 'cmd.tasks.fill-schedule-version', access: to.teamManagers, schema: Versions,
  handle: async ({ version_id }, context) => {
    const version = await existing(context, version_id);
    only.teamManager(context.caller, version.project_id);
    return fill(context, version, sql`select id as task_id, start_date, due_date, estimation, assignees from task where project_id = ${version.project_id} order by log_position`);
  },
});
/** Plans in a version what another version of the production plans. */
const fillFromVersion = spanning({
  subject: 'cmd.tasks.copy-schedule-version', access: to.teamManagers, schema: Versions,
  handle: async ({ version_id, from_id }, context) => {
    const version = await existing(context, version_id);
    only.teamManager(context.caller, version.project_id);
    if (!isId(from_id)) throw new Invalid('production_schedule_version_id must be an id.');
    const from = await existing(context, from_id);
    if (from.project_id !== version.project_id) throw new Invalid('Both versions must be of one production.');
    return fill(context, version, sql`select task_id, start_date, due_date, estimation, assignees from production_schedule_version_task_link where production_schedule_version_id = ${from.id} order by log_position`);
  },
});

/** The production remembers the version that it works by. */
const noteApplied = command({
  subject: 'cmd.tasks.note-applied-version', schema: z.object({ project_id: z.guid(), version_id: z.guid() }), state: projectState, access: to.system,
  stream: ({ project_id }) => projectStream(project_id),
  decide: ({ project_id, version_id }: { project_id: string; version_id: string }) => [projectEvents.updated({ project_id, changes: { from_schedule_version_id: version_id } })],
});
export const versionSteps = [noteApplied, noteChange];

/** Makes a version's plan the plan of the production's tasks, and locks the version. */
const apply = spanning({
  subject: 'cmd.tasks.apply-schedule-version', access: to.teamManagers, schema: Versions,
  handle: async ({ version_id }, context) => {
    const version = await existing(context, version_id);
    only.teamManager(context.caller, version.project_id);
    const rows = await context.db.all(sql`select t.id, t.assigner_id, t.assignees::text[] as assignees, to_char(l.start_date, 'YYYY-MM-DD"T"HH24:MI:SS') as start_date, to_char(l.due_date, 'YYYY-MM-DD"T"HH24:MI:SS') as due_date,
      l.estimation, coalesce(l.assignees, '{}')::text[] as planned from production_schedule_version_task_link l join task t on t.id = l.task_id where l.production_schedule_version_id = ${version.id} order by l.log_position`);
    await each(rows, async ({ id, start_date, due_date, estimation }) => context.runAsSystem(changeTask, { task_id: id, changes: { start_date, due_date, estimation }, person_id: context.caller.id }, `plan ${id}`));
    for (const row of rows) await setAssignees(context, row, row.planned);
    await context.runAsSystem(scheduleVersion.commands.update, { id: version.id, changes: { locked: true } }, 'lock');
    await context.runAsSystem(noteChange, { id: version.id, project_id: version.project_id, what: 'applied' }, 'changed');
    await context.runAsSystem(noteApplied, { project_id: version.project_id, version_id: version.id }, 'note');
    await context.settled();
    return { success: true, task_count: rows.length };
  },
});

const action = (name: string, summary: string, run: typeof apply): Route => route({
  method: 'post', path: `/actions/production-schedule-versions/{production_schedule_version_id}/${name}`, summary, body: z.object({ production_schedule_version_id: z.guid().optional() }), answers: { 200: VersionStep }, command: run, status: 200,
  input: (r) => ({ version_id: r.params.production_schedule_version_id, from_id: (r.body as any)?.production_schedule_version_id }),
});

export const versionRoutes: Route[] = [
  ...scheduleVersion.routes, ...scheduleLink.routes,
  action('set-task-links-from-production', 'Fill a version with the plan of the production', fillFromProduction), action('set-task-links-from-production-schedule-version', 'Fill a version with the plan of another', fillFromVersion),
  action('apply-to-production', "Make a version's plan that of the production", apply),
  route({ method: 'get', path: '/data/production-schedule-versions/{production_schedule_version_id}/task-links', summary: 'List the plans of a version', answers: { 200: listed(scheduleLink.answer) }, access: to.teamStaff, query: { task_type_id: 'Only of tasks of this type' },
    ask: async (c) => {
      const version = await existing(c, pathId(c.request, 'production_schedule_version_id'));
      only.teamStaff(c.caller, version.project_id);
      const type = c.request.search.get('task_type_id');
      if (type && !isId(type)) throw new Invalid('task_type_id must be an id.');
      c.keep([version.project_id], 'role');
      return rendered(c.db, sql`select ${selectList(scheduleLink.shape, c.caller, wantsRelations(c.request, false))} from production_schedule_version_task_link t where t.production_schedule_version_id = ${version.id}
        and ${type ? sql`t.task_id in (select id from task where task_type_id = ${type})` : raw('true')} order by t.log_position`);
    } }),
];
