import { Caller, Invalid, NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { makePreviewFile, revisionName } from './create-preview-file.ts';
import { PreviewFileAdded, PreviewFileAnnotated, PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated } from './preview-file.events.ts';
import { removePreviewFile, receivePreviewFile, settlePreviewFile, updateAnnotations, updatePreviewFile } from './update-preview-file.ts';

const where = { preview_file_id: 'take', project_id: 'film', entity_id: 'sh010', task_type_id: 'animation', comment_id: 'note' };
const created = PreviewFileCreated({ ...where, task_id: 'task', name: 'v1', revision: 1, position: 1, status: 'processing', extension: 'mp4' });
const upload = { preview_file_id: 'take', source_key: 'uploads/a', kind: 'movie' as const, extension: 'mp4', original_name: 'take', file_size: 9, status: 'processing' as const };
const added = PreviewFileAdded({ preview_file_id: 'take', project_id: 'film', task_id: 'task', comment_id: 'note', revision: 1, extension: 'mp4', status: 'processing', source_key: 'uploads/a', kind: 'movie',
  changes: { original_name: 'take', file_size: 9, extension: 'mp4', status: 'processing' } });
const ids = { preview_file_id: 'take', project_id: 'film' };
const of = { project_id: 'film' };

describe('making a preview file', () => {
  it('completes what is not said', () => given(makePreviewFile).when({ ...where, values: { name: 'v1', task_id: 'task' } }).thenTypes('PreviewFileCreated'));
  it('does nothing the second time', () => given(makePreviewFile, created).when({ ...where, values: {} }).thenNothing());
  it('gives the first of a revision a name that only one has', () => expect([revisionName('0a1b2c3d-task', 1), revisionName('0a1b2c3d-task', 300)]).toEqual(['0a1b2c3d-0001', '0a1b2c3d-012c']));
  it('is for the system', () => expect(() => makePreviewFile.policy(new Caller({ id: 'ada', role: 'admin' }), { ...where, values: {} }, null)).toThrow());
});

describe('receiving the file of a preview', () => {
  it('says that it arrived', () => given(receivePreviewFile, created).when(upload).then(added));
  it('refuses a second file', () => given(receivePreviewFile, created, added).when({ ...upload, source_key: 'uploads/b' }).thenRefused(Invalid));
  it('refuses a preview that is gone', () => given(receivePreviewFile, created, PreviewFileDeleted(ids)).when(upload).thenRefused(NotFound));
});

describe('settling a preview', () => {
  const ready = { preview_file_id: 'take', source_key: 'uploads/a', changes: { status: 'ready', width: 160 } };
  it('tells only what changed', () => given(settlePreviewFile, created, added).when({ ...ready, changes: { status: 'processing', width: 160 } }).then(PreviewFileUpdated({ ...ids, changes: { width: 160 } })));
  it('does nothing when it is settled', () => given(settlePreviewFile, created, added, PreviewFileUpdated({ ...ids, changes: ready.changes })).when(ready).thenNothing());
  it('does nothing for another upload, or a preview that is gone', () => {
    given(settlePreviewFile, created, added).when({ ...ready, source_key: 'uploads/b' }).thenNothing();
    given(settlePreviewFile, created, added, PreviewFileDeleted(ids)).when(ready).thenNothing();
  });
});

describe('changing a preview file', () => {
  it('tells only what changed', () =>
    given(updatePreviewFile, created).when({ preview_file_id: 'take', of, changes: { name: 'v1', description: 'seen' } }).then(PreviewFileUpdated({ ...ids, changes: { description: 'seen' } })));
  it('does nothing without a change', () => given(updatePreviewFile, created).when({ preview_file_id: 'take', of, changes: { name: 'v1' } }).thenNothing());
  it('refuses what was deleted', () => given(updatePreviewFile, created, PreviewFileDeleted(ids)).when({ preview_file_id: 'take', of, changes: {} }).thenRefused(NotFound));
});

describe('drawing upon a preview', () => {
  const annotations = [{ time: 0, drawing: { objects: [{ id: 'a' }] } }];
  const draw = { preview_file_id: 'take', of, additions: annotations };
  const drawn = PreviewFileAnnotated({ ...ids, person_id: 'admin', annotations, updated_at: '2024-03-04T10:00:00' });
  it('tells all drawings as they are then', () => given(updateAnnotations, created).when(draw).then(drawn));
  it('does nothing for what is drawn already', () => given(updateAnnotations, created, drawn).when(draw).thenNothing());
});

describe('removing a preview file', () => {
  it('says where its upload lies', () => given(removePreviewFile, created, added).when({ preview_file_id: 'take' }).then(PreviewFileDeleted({ ...ids, task_id: 'task', comment_id: 'note', source_key: 'uploads/a' })));
  it('does nothing the second time', () => given(removePreviewFile, created, PreviewFileDeleted(ids)).when({ preview_file_id: 'take' }).thenNothing());
});
