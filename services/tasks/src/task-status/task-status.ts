import { access, derivedId, f, Invalid, resource, sql, type Resource } from '@shotlog/kernel';

/** States of a task. A retake sends work back; a feedback request asks for review; done ends it. */
export const taskStatus: Resource = resource({
  service: 'tasks', name: 'task_status', path: '/data/task-status', type: 'TaskStatus', published: 'task-status',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), archived: f.boolean({ default: false }), short_name: f.string(10, { required: true, ignoreCase: true }), description: f.text(), color: f.string(7, { required: true }),
    priority: f.integer({ default: 1 }), is_done: f.boolean({ default: false }), is_artist_allowed: f.boolean({ default: true }), is_client_allowed: f.boolean({ default: true }), is_retake: f.boolean({ default: false }),
    is_feedback_request: f.boolean({ default: false }), is_default: f.boolean({ default: false }), is_wip: f.boolean({ default: false }), shotgun_id: f.integer(), for_concept: f.boolean({ default: false }) },
  unique: [['short_name']], access: access.studio,
  creating: async (values, context) => {
    if (!values.is_default) return {};
    const others = await context.db.all(sql`select id from task_status where is_default and for_concept = ${values.for_concept ?? false}`);
    for (const { id } of others) await context.runAsSystem(taskStatus.commands.update, { id, changes: { is_default: false } }, `default ${id}`);
    return {};
  },
  removing: async (row, { db }) => {
    const used = await db.one(sql`select 1 from task where task_status_id = ${row.id} union all select 1 from comment where task_status_id = ${row.id} union all select 1 from project_task_status where task_status_id = ${row.id} limit 1`);
    if (used) throw new Invalid('Tasks, comments or productions use this task status.');
  },
});

/** The id of a task status that stands there from the first start. */
export const defaultTaskStatusId = (short_name: string): string => derivedId('default task status', short_name);
