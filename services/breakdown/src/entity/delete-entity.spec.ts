import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { complete } from './create-entity.ts';
import { removeEntity } from './delete-entity.ts';
import { entityEvents } from './entity.events.ts';

const ids = { entity_id: 'tree', project_id: 'film' };
const created = entityEvents.asset.created({ ...complete({ name: 'Tree', entity_type_id: 'props' }), ...ids });
const order = { id: 'tree', kind: 'asset' as const, project_id: 'film', tasks: [] };

describe('remove an entity', () => {
  it('notes its end', () => given(removeEntity, created).when(order).then(entityEvents.asset.deleted(ids)));
  it('names the tasks that go with it, so that their end is told too', () => {
    const tasks = [{ task_id: 'modeling', task_type_id: 'model' }];
    given(removeEntity, created).when({ ...order, tasks }).then(entityEvents.asset.deleted({ ...ids, tasks }));
    expect(entityEvents.asset.deleted.publish!({ data: { ...ids, tasks } } as never)).toEqual([
      { name: 'task:delete', payload: { task_id: 'modeling', task_type_id: 'model', entity_id: 'tree', project_id: 'film' } }, { name: 'asset:delete', payload: { asset_id: 'tree', project_id: 'film' } }]);
  });
  it('does nothing the second time, so that a cut off deletion can go on', () => given(removeEntity, created, entityEvents.asset.deleted(ids)).when(order).thenNothing());
});
