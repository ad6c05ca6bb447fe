import { access, f, resource, to } from '@shotlog/kernel';

/** Addresses outside that clients offer beside tasks, each for a kind of entity. */
export const customAction = resource({
  service: 'tasks', name: 'custom_action', path: '/data/custom-actions', type: 'CustomAction', published: 'custom-action',
  fields: { name: f.string(80, { required: true }), url: f.string(400), entity_type: f.string(40, { default: 'all' }), is_ajax: f.boolean({ default: false }) },
  access: { ...access.studio, list: to.signedIn.but({ vendor: 'refused' }), one: to.admins },
});
