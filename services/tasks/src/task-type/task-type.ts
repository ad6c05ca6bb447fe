import { access, derivedId, f, resource } from '@shotlog/kernel';

/** Kinds of work: modeling of assets, animation of shots. `priority` orders them within an entity kind. */
export const taskType = resource({
  service: 'tasks', name: 'task_type', path: '/data/task-types', type: 'TaskType', published: 'task-type',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), short_name: f.string(20), description: f.text(), color: f.string(7, { default: '#FFFFFF' }), priority: f.integer({ default: 1 }),
    for_entity: f.string(30, { default: 'Asset' }), allow_timelog: f.boolean({ default: true }), archived: f.boolean({ default: false }), shotgun_id: f.integer(), department_id: f.uuid() },
  unique: [['name', 'for_entity', 'department_id']], access: access.studio,
});

/** The id of a task type that stands there from the first start. */
export const defaultTaskTypeId = (name: string, for_entity: string): string => derivedId('default task type', name, for_entity);
