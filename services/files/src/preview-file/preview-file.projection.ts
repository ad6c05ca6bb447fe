import { apiTime, common, f, insert, on, projection, remove, table, update, type Shape, raw } from '@shotlog/kernel';
import { PreviewFileAdded, PreviewFileAnnotated, PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated, previewFileFields } from './preview-file.events.ts';

const hidden = { hidden: true };
/** Preview files. Behind the fields of the API stand what they belong to and where their upload lies. */
export const previewFileTable = table('preview_file', {
  ...previewFileFields, ...common, production_id: f.uuid(hidden), of_entity_id: f.uuid(hidden), of_task_type_id: f.uuid(hidden), comment_id: f.uuid(hidden), source_key: f.text(hidden), kind: f.text(hidden),
}, { indexes: ['task_id', 'production_id', 'of_entity_id', 'comment_id', 'status'] });

/** Preview files as the API shows them. */
export const previewFileShape: Shape = {
  table: previewFileTable, type: 'PreviewFile',
  relations: { comments: raw("(case when t.comment_id is null then '[]'::json else json_build_array(t.comment_id) end)") },
};

/** Rows of `preview_file`. */
export const previewFileProjection = projection('preview_file', [previewFileTable], [
  on(PreviewFileCreated, (e) => {
    const { preview_file_id, project_id, entity_id, task_type_id, ...data } = e.data;
    const at = apiTime(e.metadata.at);
    return insert(previewFileTable, { ...data, id: preview_file_id, production_id: project_id, of_entity_id: entity_id, of_task_type_id: task_type_id, created_at: at, updated_at: at, log_position: e.position });
  }),
  on(PreviewFileUpdated, (e) => update(previewFileTable, e.data.preview_file_id, { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
  on(PreviewFileAdded, (e) => update(previewFileTable, e.data.preview_file_id, {
    ...e.data.changes, extension: e.data.extension, status: e.data.status, updated_at: apiTime(e.metadata.at), ...(e.data.source_key ? { source_key: e.data.source_key, kind: e.data.kind } : {}) })),
  on(PreviewFileAnnotated, (e) => update(previewFileTable, e.data.preview_file_id, { annotations: e.data.annotations, updated_at: apiTime(e.metadata.at) })),
  on(PreviewFileDeleted, (e) => remove(previewFileTable, e.data.preview_file_id)),
]);
