import { event, f, resourceEvents, ROLES, type Fields } from '@shotlog/kernel';
import { z } from 'zod';
import { projectFields } from '../project/project.fields.ts';

const { fps, ratio, resolution, production_type, production_style, max_retakes, is_clients_isolated, is_preview_download_allowed, is_set_preview_automated, is_publish_default_for_artists, homepage,
  hd_bitrate_compression, ld_bitrate_compression, file_tree, data, default_preview_background_file_id, is_single_preview_per_revision, revision_padding, is_frame_in_numbering } = projectFields;
/** What a production takes over from a template as it is. */
export const sharedFields = { fps, ratio, resolution, production_type, production_style, max_retakes, is_clients_isolated, is_preview_download_allowed, is_set_preview_automated,
  is_publish_default_for_artists, homepage, hd_bitrate_compression, ld_bitrate_compression, file_tree, data, is_single_preview_per_revision, revision_padding, is_frame_in_numbering } satisfies Fields;
/** The fields of a template. `metadata_descriptors` are the fields of the studio's own that its productions begin with. */
export const templateFields = {
  name: f.string(80, { required: true, ignoreCase: true }), description: f.text(), ...sharedFields, default_preview_background_file_id, metadata_descriptors: f.json({ default: [] }),
} satisfies Fields;

/** Streams `project_template-<id>`. */
export const templateEvents = resourceEvents({ name: 'project_template', type: 'ProjectTemplate', published: 'project-template', fields: templateFields });

const Id = z.guid();
const Template = z.object({ project_template_id: Id });
const told = { publish: (e: { data: { project_template_id: string } }) => [{ name: 'project-template:update', payload: { project_template_id: e.data.project_template_id } }] };

/** What links without saying more than that. */
export const ITEM_KINDS = ['asset_type', 'status_automation', 'preview_background_file'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** A second `Linked` event for a pair replaces what it says; its `link_id` stays. */
export const TemplateTaskTypeLinked = event('TemplateTaskTypeLinked', 1, Template.extend({ task_type_id: Id, link_id: Id, priority: z.number().int().nullable() }), told);
export const TemplateTaskTypeUnlinked = event('TemplateTaskTypeUnlinked', 1, Template.extend({ task_type_id: Id }), told);
export const TemplateTaskStatusLinked = event('TemplateTaskStatusLinked', 1,
  Template.extend({ task_status_id: Id, link_id: Id, priority: z.number().int().nullable(), roles_for_board: z.array(z.enum(ROLES)) }), told);
export const TemplateTaskStatusUnlinked = event('TemplateTaskStatusUnlinked', 1, Template.extend({ task_status_id: Id }), told);
export const TemplateItemLinked = event('TemplateItemLinked', 1, Template.extend({ kind: z.enum(ITEM_KINDS), item_id: Id }), told);
export const TemplateItemUnlinked = event('TemplateItemUnlinked', 1, Template.extend({ kind: z.enum(ITEM_KINDS), item_id: Id }), told);

export const templateLinkEvents = [TemplateTaskTypeLinked, TemplateTaskTypeUnlinked, TemplateTaskStatusLinked, TemplateTaskStatusUnlinked, TemplateItemLinked, TemplateItemUnlinked] as const;
