import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { complete } from './create-entity.ts';
import { removeEntity } from './delete-entity.ts';
import { entityEvents } from './entity.events.ts';

const ids = { entity_id: 'tree', project_id: 'film' };
const created = entityEvents.asset.created({ ...complete({ name: 'Tree', entity_type_id: 'props' }), ...ids });
const order = { id: 'tree', kind: 'asset' as const, project_id: 'film' };

describe('remove an entity', () => {
  it('notes its end', () => given(removeEntity, created).when(order).then(entityEvents.asset.deleted(ids)));
  it('does nothing the second time, so that a cut off deletion can go on', () => given(removeEntity, created, entityEvents.asset.deleted(ids)).when(order).thenNothing());
});
