import { access, derivedId, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Kinds of work: modeling of assets, animation of shots. `priority` orders them within an entity kind. */
export const taskType = resource({
  service: 'tasks', name: 'task_type', path: '/data/task-types', type: 'TaskType', published: 'task-type',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), short_name: f.string(20), description: f.text(), color: f.string(7, { default: '#FFFFFF' }), priority: f.integer({ default: 1 }),
    for_entity: f.string(30, { default: 'Asset' }), allow_timelog: f.boolean({ default: true }), archived: f.boolean({ default: false }), shotgun_id: f.integer(), department_id: f.uuid() },
  unique: [['name', 'for_entity', 'department_id']], access: access.studio,
  creating: async (values, { db }) => {
    const { name, for_entity, department_id } = values;
    if (department_id && !(await db.one(sql`select 1 from department where id = ${department_id}`))) throw new Invalid('department_id names no department.');
    const same = await db.one(sql`select 1 from task_type where lower(name) = lower(${name ?? ''}) and for_entity = ${for_entity ?? 'Asset'} and department_id is not distinct from ${department_id ?? null}::uuid`);
    if (same) throw new Invalid('There is a task type of this name for these things already.');
    return {};
  },
  removing: async (row, { db }) => {
    if (await db.one(sql`select 1 from task where task_type_id = ${row.id} union all select 1 from project_task_type where task_type_id = ${row.id} limit 1`)) throw new Invalid('Tasks or productions use this task type.');
  },
});

/** The id of a task type that stands there from the first start. */
export const defaultTaskTypeId = (name: string, for_entity: string): string => derivedId('default task type', name, for_entity);
