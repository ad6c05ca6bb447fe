import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { entityEvents } from '../entity/entity.events.ts';
import { createDescriptor } from './create-descriptor.ts';
import { descriptorEvents, fieldName, MetadataFieldMoved, type Descriptor } from './metadata-descriptor.ts';
import { moveEntityValue } from './move-values.ts';
import { moved } from './moved.ts';
import { removeDescriptor, updateDescriptor } from './update-descriptor.ts';

const lens: Descriptor = { project_id: 'film', entity_type: 'Shot', task_type_id: null, name: 'Lens', data_type: 'string', field_name: 'lens', choices: [], for_client: false, position: null, departments: [] };
const created = descriptorEvents.created({ metadata_descriptor_id: 'd1', ...lens } as never);
const deleted = descriptorEvents.deleted({ metadata_descriptor_id: 'd1', project_id: 'film' } as never);
const movedTo = (to: string | null) => MetadataFieldMoved({ metadata_descriptor_id: 'd1', project_id: 'film', entity_type: 'Shot', task_type_id: null, from: 'lens', to });
const change = (changes: Partial<Descriptor>, plain = false) => ({ id: 'd1', plain, changes });

describe('key of a field', () => {
  it.each([['Weather proof', 'weather_proof'], ['Sun-up', 'sun_up'], ['Élan vital!', 'elan_vital'], ['  2D  ', '2d'], ['!!', '']])('of "%s" is "%s"', (name, key) => expect(fieldName(name)).toBe(key));
});

describe('fields of the studio\'s own', () => {
  it('are created', () => given(createDescriptor).when({ metadata_descriptor_id: 'd1', plain: false, ...lens }).then(created));
  it('change without moving values when the name stays', () =>
    given(updateDescriptor, created).when(change({ name: 'Lens', choices: ['35'] })).then(descriptorEvents.updated({ metadata_descriptor_id: 'd1', project_id: 'film', changes: { choices: ['35'] } } as never)));
  it('move their values when their key changes', () => given(updateDescriptor, created).when(change({ name: 'Optics', field_name: 'optics' })).then(
    descriptorEvents.updated({ metadata_descriptor_id: 'd1', project_id: 'film', changes: { name: 'Optics', field_name: 'optics' } } as never), movedTo('optics')));
  it('leave values where they are on the generic route', () => given(updateDescriptor, created).when(change({ field_name: 'optics' }, true)).thenTypes('MetadataDescriptorUpdated'));
  it('take their values with them', () => given(removeDescriptor, created).when({ id: 'd1', plain: false }).then(deleted, movedTo(null)));
  it('are not changed once they are gone', () => given(updateDescriptor, created, deleted).when(change({ name: 'x' })).thenRefused(NotFound));
});

describe('values of a field', () => {
  const shot = entityEvents.shot.created({ entity_id: 'sh010', project_id: 'film', name: 'sh010', data: { lens: '35', fog: true } } as never);
  const move = (to: string | null) => ({ id: 'sh010', project_id: 'film', from: 'lens', to, kind: 'shot' as const });
  it('come under the new key', () => given(moveEntityValue, shot).when(move('optics')).then(entityEvents.shot.updated({ entity_id: 'sh010', project_id: 'film', changes: { data: { fog: true, optics: '35' } } } as never)));
  it('go with the field', () => given(moveEntityValue, shot).when(move(null)).then(entityEvents.shot.updated({ entity_id: 'sh010', project_id: 'film', changes: { data: { fog: true } } } as never)));
  it('are left alone where there are none', () => given(moveEntityValue, shot).when({ ...move('x'), from: 'none' }).thenNothing());
  it('are looked for only in objects', () => expect([moved(null, 'a', 'b'), moved([1], 'a', 'b'), moved('a', 'a', 'b')]).toEqual([undefined, undefined, undefined]));
});
