import { access, f, resource } from '@shotlog/kernel';

/** Extensions of the user interface that are installed in the studio. */
export const plugin = resource({
  service: 'auth', name: 'plugin', idKey: 'installed_plugin_id', path: '/data/plugins', type: 'Plugin', published: 'plugin',
  fields: {
    plugin_id: f.string(80, { required: true }), name: f.string(80, { required: true }), description: f.text(), version: f.string(50, { required: true }), maintainer_name: f.string(200, { required: true }),
    maintainer_email: f.string(255), website: f.text(), license: f.string(80, { required: true }), revision: f.string(12), frontend_project_enabled: f.boolean({ default: false }),
    frontend_studio_enabled: f.boolean({ default: false }), icon: f.string(255),
  },
  unique: [['plugin_id']], access: access.admin,
});
