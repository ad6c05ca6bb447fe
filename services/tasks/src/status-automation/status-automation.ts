import { access, f, Invalid, resource, to } from '@shotlog/kernel';

const outs = ['status', 'ready_for'] as const;
/** When a task of one type comes to a status, a task of the same thing under another type comes to another; or an asset is ready for a task type. */
export const statusAutomation = resource({
  service: 'tasks', name: 'status_automation', path: '/data/status-automations', type: 'StatusAutomation', published: 'status-automation',
  fields: { entity_type: f.string(40, { default: 'asset' }), in_task_type_id: f.uuid(), in_task_status_id: f.uuid(), out_field_type: f.string(255, { default: 'status' }), out_task_type_id: f.uuid(), out_task_status_id: f.uuid(),
    import_last_revision: f.boolean({ default: false }), archived: f.boolean({ default: false }) },
  access: { ...access.studio, list: to.signedIn.but({ vendor: 'refused' }), one: to.admins },
  creating: (values) => checked(values),
  updating: (changes) => checked(changes),
});
const checked = (values: Record<string, any>): Record<string, any> => {
  if (values.out_field_type != null && !outs.includes(values.out_field_type)) throw new Invalid(`out_field_type must be one of ${outs.join(', ')}.`);
  return values;
};
