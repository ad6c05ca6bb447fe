import { event, f, factSchema, type EventDefinition, type Fields, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
/** The fields of a preview file. `duration` is seconds, `file_size` bytes, `width` and `height` pixels; `status` ends in `ready` or `broken`. */
export const previewFileFields = {
  name: f.string(250), original_name: f.string(250), revision: f.integer({ default: 1 }), position: f.integer({ default: 1 }), extension: f.string(6), description: f.text(), path: f.string(400), source: f.string(40),
  file_size: f.float({ default: 0, whole: true }), status: f.string(20, { choices: ['processing', 'ready', 'broken'], default: 'processing' }), validation_status: f.string(20, { choices: ['validated', 'rejected', 'neutral'], default: 'neutral' }),
  annotations: f.json(), width: f.integer({ default: 0 }), height: f.integer({ default: 0 }), duration: f.float({ default: 0 }), task_id: f.uuid(), person_id: f.uuid(), source_file_id: f.uuid(), shotgun_id: f.integer(),
  is_movie: f.boolean({ default: false }), url: f.string(600), uploaded_movie_url: f.string(600), uploaded_movie_name: f.string(150), data: f.json(), token_in: f.integer(), token_out: f.integer(),
} satisfies Fields;

const data = factSchema(previewFileFields);
const Ids = z.object({ preview_file_id: Id, project_id: Id.nullable() });
const ids = (e: any) => ({ preview_file_id: e.data.preview_file_id, project_id: e.data.project_id });

/** A comment shows its previews. */
const commentTold = ({ data }: Recorded): Publication[] => (data.comment_id ? [{ name: 'comment:update', payload: { comment_id: data.comment_id, project_id: data.project_id, task_id: data.task_id ?? null } }] : []);

/** Streams `preview_file-<id>`. `comment_id` and `entity_id` are those of its task at that moment. */
export const PreviewFileCreated = event('PreviewFileCreated', 1, data.extend({ preview_file_id: Id, project_id: Id.nullable(), comment_id: Id.nullable(), entity_id: Id.nullable(), task_type_id: Id.nullable() }),
  { publish: (e: any) => [{ name: 'preview-file:new', payload: { ...ids(e), comment_id: e.data.comment_id } }, ...commentTold(e)] }) as EventDefinition;
export const PreviewFileUpdated = event('PreviewFileUpdated', 1, Ids.extend({ changes: data }), { publish: (e) => [{ name: 'preview-file:update', payload: ids(e) }] }) as EventDefinition;
/** `source_key` is where the upload lies in the storage, for whoever removes the objects. */
export const PreviewFileDeleted = event('PreviewFileDeleted', 1, Ids.extend({ task_id: Id.nullable().optional(), comment_id: Id.nullable().optional(), source_key: z.string().nullable().optional() }), { publish: (e) => [{ name: 'preview-file:delete', payload: ids(e) }] });
/**
 * The file arrived whole: `processing` until it is normalised, which a PreviewFileUpdated tells, or `ready` where nothing is to be made of it.
 * `source_key` is where the upload lies in the storage; `kind` is picture, movie or file.
 */
export const PreviewFileAdded = event('PreviewFileAdded', 1, Ids.extend({ task_id: Id.nullable(), comment_id: Id.nullable(), extension: z.string(), revision: z.number(), status: z.string(), changes: data,
  source_key: z.string().nullable().optional(), kind: z.enum(['picture', 'movie', 'file']).optional() }),
  { publish: (e: any) => [{ name: 'preview-file:add-file', payload: { ...ids(e), task_id: e.data.task_id, comment_id: e.data.comment_id, extension: e.data.extension, revision: e.data.revision, status: e.data.status } }, ...commentTold(e)] }) as EventDefinition;
/** The annotations as they are after the change; `person_id` drew or erased. */
export const PreviewFileAnnotated = event('PreviewFileAnnotated', 1, Ids.extend({ person_id: Id.nullable(), annotations: z.any(), updated_at: z.string() }),
  { publish: (e) => [{ name: 'preview-file:annotation-update', payload: { ...ids(e), person_id: e.data.person_id, updated_at: e.data.updated_at } }] });
/** The preview that stands for its entity everywhere. Breakdown shows it as the entity's `preview_file_id`; `entity_kind` is shot, asset … */
export const MainPreviewSet = event('MainPreviewSet', 1, Ids.extend({ entity_id: Id, entity_kind: z.string().nullable().optional() }), {
  publish: (e) => [{ name: 'preview-file:set-main', payload: { ...ids(e), entity_id: e.data.entity_id } },
    ...(e.data.entity_kind ? [{ name: `${e.data.entity_kind}:update`, payload: { [`${e.data.entity_kind}_id`]: e.data.entity_id, project_id: e.data.project_id } }] : [])],
});
