import { access, f, resource } from '@shotlog/kernel';

/** Surroundings (HDR pictures) in which 3D previews are lit. */
export const previewBackgroundFile = resource({
  service: 'files', name: 'preview_background_file', path: '/data/preview-background-files', type: 'PreviewBackgroundFile', published: 'preview-background-file',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), archived: f.boolean({ default: false }), is_default: f.boolean({ default: false }), original_name: f.string(250), extension: f.string(6), file_size: f.float({ default: 0, whole: true }) },
  unique: [['name']], access: access.studio,
});
