import { access, f, Invalid, resource, sql, to } from '@shotlog/kernel';

/** What a production plans for a task type, or for one thing under it (`object_id`: an asset type, a sequence, an episode, an edit): from when to when, in how many man-days. */
export const scheduleItem = resource({
  service: 'tasks', name: 'schedule_item', path: '/data/schedule-items', type: 'ScheduleItem', published: 'schedule-item',
  fields: { start_date: f.date(), end_date: f.date(), man_days: f.integer(), project_id: f.uuid({ required: true, immutable: true }), task_type_id: f.uuid(), object_id: f.uuid() },
  unique: [['project_id', 'task_type_id', 'object_id']],
  access: { ...access.admin, update: to.teamSupervisors.of('project_id') },
  creating: async (values, context) => {
    if (!(await context.db.one(sql`select 1 from project where id = ${values.project_id ?? null}`))) throw new Invalid('project_id names no production.');
    const same = await context.db.one(sql`select 1 from schedule_item where project_id = ${values.project_id} and task_type_id is not distinct from ${values.task_type_id ?? null}::uuid
      and object_id is not distinct from ${values.object_id ?? null}::uuid`);
    if (same) throw new Invalid('The production has a schedule item for this already.');
    return {};
  },
});
