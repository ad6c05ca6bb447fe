import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { complete, createEntity, type NewEntity } from './create-entity.ts';
import { entityEvents } from './entity.events.ts';
import { entityClaims } from './entity.state.ts';

const shot: NewEntity = { id: 'sh010', kind: 'shot', values: complete({ name: 'SH010', project_id: 'film', entity_type_id: 'shots', parent_id: 'sq01', data: {} }) as NewEntity['values'], episode_id: 'e01' };
const created = entityEvents.shot.created({ ...shot.values, entity_id: 'sh010', project_id: 'film', episode_id: 'e01' });

describe('create a shot', () => {
  it('notes its fields with their defaults', () => given(createEntity.shot).when(shot).then(created));
  it('does nothing for one that is there', () => given(createEntity.shot, created).when(shot).thenNothing());
  it('makes it again after its end', () => given(createEntity.shot, created, entityEvents.shot.deleted({ entity_id: 'sh010', project_id: 'film' })).when(shot).then(created));
  it('starts as running, not canceled, with nothing cast', () => expect(shot.values).toMatchObject({ status: 'running', canceled: false, nb_entities_out: 0 }));
});

describe('the name of an entity', () => {
  const claims = (kind: 'shot' | 'asset' | 'episode', values: object) => entityClaims({ kind, casting: [], values: { project_id: 'film', name: 'A', ...values } });
  it('is its own within production and parent', () => expect(claims('shot', { parent_id: 'sq01' })).toEqual([{ kind: 'shot.name', key: 'film\nsq01\nA' }]));
  it('is its own within the production where there is no parent', () => expect(claims('episode', {})).toEqual([{ kind: 'episode.name', key: 'film\n\nA' }]));
  it('may be shared by assets', () => expect(claims('asset', {})).toEqual([]));
});
