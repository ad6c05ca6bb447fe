import { bodySchema, route, type Request, type Route } from '@shotlog/kernel';
import { addPreview, createPreviewFile, Revised } from './create-preview-file.ts';
import { deletePreviewFile, takePreviewAway } from './delete-preview-file.ts';
import { setMainOfTask, setMainOfTasks, setMainPreview } from './main-preview.ts';
import { updateAnnotations, updatePreviewFile } from './update-preview-file.ts';
import { updatePosition } from './update-position.ts';
import { PreviewFile } from './preview-file.answers.ts';
import { Entity } from '@shotlog/breakdown/entity/entity.answers';
import { z } from 'zod';
import { previewFileFields } from './preview-file.events.ts';

const body = (request: Request): Record<string, unknown> => (typeof request.body === 'object' && request.body !== null && !Array.isArray(request.body) ? (request.body as Record<string, unknown>) : {});

/** What changes previews, except the upload itself. */
export const changeRoutes: Route[] = [
  route({ method: 'post', path: '/actions/tasks/{task_id}/comments/{comment_id}/add-preview', summary: 'Add a preview to a comment', body: Revised, answers: { 201: PreviewFile }, status: 201, command: addPreview,
    description: 'Makes the record; its file is sent to `/pictures/preview-files/{id}`. Without a `revision` it is the next one of the task, or that of the comment when it has previews already.',
    input: (r) => ({ ...r.params, revision: body(r).revision }) }),
  route({ method: 'post', path: '/actions/tasks/{task_id}/comments/{comment_id}/preview-files/{preview_file_id}', summary: 'Add another file to a revision', answers: { 201: PreviewFile }, status: 201, command: addPreview,
    input: (r) => ({ task_id: r.params.task_id, comment_id: r.params.comment_id, beside: r.params.preview_file_id }) }),
  route({ method: 'delete', path: '/actions/tasks/{task_id}/comments/{comment_id}/preview-files/{preview_file_id}', summary: 'Take a preview away from a comment', status: 204, command: takePreviewAway, input: (r) => r.params }),
  route({ method: 'put', path: '/actions/preview-files/{preview_file_id}/update-position', summary: 'Move a preview among those of its revision', answers: { 200: z.array(PreviewFile) }, status: 200, command: updatePosition }),
  route({ method: 'put', path: '/actions/preview-files/{preview_file_id}/update-annotations', summary: 'Draw upon a preview', answers: { 200: PreviewFile }, status: 200, command: updateAnnotations,
    description: '`additions`, `updates` and `deletions` are merged into what is there.' }),
  route({ method: 'put', path: '/actions/preview-files/{preview_file_id}/set-main-preview', summary: 'Let a preview stand for its entity', answers: { 200: Entity }, status: 200, command: setMainPreview,
    description: '`frame_number` chooses the picture of a movie, counted from 0.' }),
  route({ method: 'put', path: '/actions/tasks/{task_id}/set-main-preview', summary: "Let a task's last preview stand for its entity", answers: { 200: Entity }, status: 200, command: setMainOfTask, input: (r) => r.params }),
  route({ method: 'put', path: '/actions/tasks/set-main-preview', summary: "Let the last previews of many tasks stand for their entities", answers: { 200: z.array(Entity) }, status: 200, command: setMainOfTasks }),
  route({ method: 'post', path: '/data/preview-files', summary: 'Create a bare preview record', body: bodySchema(previewFileFields), answers: { 201: PreviewFile }, status: 201, command: createPreviewFile, input: (r) => body(r) }),
  route({ method: 'put', path: '/data/preview-files/{instance_id}', summary: 'Update a preview file', body: bodySchema(previewFileFields), answers: { 200: PreviewFile }, status: 200, command: updatePreviewFile, input: (r) => ({ preview_file_id: r.params.instance_id, changes: body(r) }) }),
  route({ method: 'delete', path: '/data/preview-files/{instance_id}', summary: 'Delete a preview file with its objects', status: 204, command: deletePreviewFile, input: (r) => ({ preview_file_id: r.params.instance_id }) }),
];
