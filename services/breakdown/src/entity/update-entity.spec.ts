import { given } from '@shotlog/kernel/given';
import { NotFound } from '@shotlog/kernel';
import { describe, it } from 'vitest';
import { complete } from './create-entity.ts';
import { entityEvents } from './entity.events.ts';
import { addShotToScene, removeShotFromScene, updateEntity, updateShot } from './update-entity.ts';

const ids = { entity_id: 'sh010', project_id: 'film' };
const created = entityEvents.shot.created({ ...complete({ name: 'SH010', entity_type_id: 'shots', data: { frame_in: 1, lens: '35' } }), ...ids });
const updated = (changes: object, more: object = {}) => entityEvents.shot.updated({ ...ids, changes, ...more });
const change = (changes: object, merge: boolean) => ({ id: 'sh010', kind: 'shot' as const, project_id: 'film', changes, merge });

describe('update an entity', () => {
  it('notes only what changes', () => given(updateEntity, created).when(change({ name: 'SH011', status: 'running' }, true)).then(updated({ name: 'SH011' })));
  it('merges data into what is there', () => given(updateEntity, created).when(change({ data: { lens: '50' } }, true)).then(updated({ data: { frame_in: 1, lens: '50' } })));
  it('does nothing when data says what is there', () => given(updateEntity, created).when(change({ data: { lens: '35' } }, true)).thenNothing());
  it('notes a preview also when the stream knows it: it may have been set from outside', () => given(updateEntity, created, updated({ preview_file_id: 'p1' })).when(change({ preview_file_id: 'p1' }, true)).then(updated({ preview_file_id: 'p1' })));
  it('refuses what was deleted', () => given(updateEntity, created, entityEvents.shot.deleted(ids)).when(change({ name: 'X' }, true)).thenRefused(NotFound));
});

describe('update a shot', () => {
  it('replaces data', () => given(updateShot, created).when(change({ data: { lens: '50' } }, false)).then(updated({ data: { lens: '50' } })));
});

describe('scenes', () => {
  const inScene = updated({ source_id: 'sc1' });
  it('takes a shot in', () => given(addShotToScene, created).when(change({ source_id: 'sc1' }, true)).then(inScene));
  it('tells which scene a shot leaves', () => given(removeShotFromScene, created, inScene).when(change({ source_id: null }, true)).then(updated({ source_id: null }, { left_scene_id: 'sc1' })));
});
