import { given } from '@shotlog/kernel/given';
import { NotFound } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { complete } from '../entity/create-entity.ts';
import { CastingSet, entityEvents, linkId, type Cast } from '../entity/entity.events.ts';
import { changeCasting } from './change-casting.ts';

const ids = { entity_id: 'sh010', project_id: 'film' };
const created = entityEvents.shot.created({ ...complete({ name: 'SH010', entity_type_id: 'shots' }), ...ids });
const cast = (asset_id: string, nb_occurences = 1, more: Partial<Cast> = {}): Cast => ({ asset_id, nb_occurences, label: '', ...more });
const set = (casting: Cast[], added_asset_ids: string[], removed_asset_ids: string[]) => CastingSet({ ...ids, kind: 'shot', casting, added_asset_ids, removed_asset_ids });
const change = (op: 'replace' | 'put' | 'add' | 'drop', ...casting: Cast[]) => ({ ...ids, kind: 'shot' as const, op, casting, uncounted: false });

describe('what is told of a casting', () => {
  const told = (kind: 'shot' | 'episode' | 'edit', more: object = {}) => CastingSet.publish!({ data: { ...set([cast('lama', 2), cast('tree')], ['lama'], ['fox']).data, kind, ...more } } as never).map((m) => m.name);
  it('names the links that are new, and the change', () => {
    const messages = CastingSet.publish!({ data: set([cast('lama', 2), cast('tree')], ['lama'], ['fox']).data } as never);
    expect(messages).toEqual([
      { name: 'entity-link:new', payload: { entity_link_id: linkId('sh010', 'lama'), entity_in_id: 'sh010', entity_out_id: 'lama', nb_occurences: 2, project_id: 'film' } },
      { name: 'shot:casting-update', payload: { shot_id: 'sh010', project_id: 'film', nb_entities_out: 2, added_asset_ids: ['lama'], removed_asset_ids: ['fox'] } }]);
  });
  it('names the assets that an episode shows them with', () => {
    expect(told('episode')).toEqual(['entity-link:new', 'asset:update', 'episode:casting-update']);
    expect(told('episode', { followed: true })).toEqual(['asset:update']);
  });
  it('knows castings of other things as those of assets', () => expect(told('edit')).toEqual(['entity-link:new', 'asset:casting-update']));
  it('names links that changed or went by themselves', () => expect(told('shot', { changed: [cast('tree')], removed: [cast('fox')] })).toEqual(['entity-link:new', 'entity-link:update', 'entity-link:delete', 'shot:casting-update']));
});

describe('change a casting', () => {
  const now = [created, set([cast('lama', 2), cast('tree')], ['lama', 'tree'], [])];
  it('casts into a shot that casts nothing', () => given(changeCasting, created).when(change('replace', cast('lama', 2))).then(set([cast('lama', 2)], ['lama'], [])));
  it('replaces, and tells what came and went', () => given(changeCasting, ...now).when(change('replace', cast('tree'), cast('fox'))).then(set([cast('tree'), cast('fox')], ['fox'], ['lama'])));
  it('does nothing for the same casting', () => given(changeCasting, ...now).when(change('replace', cast('lama', 2), cast('tree'))).thenNothing());
  it('takes the last entry of an asset that is given twice', () => given(changeCasting, created).when(change('replace', cast('lama', 1), cast('lama', 4))).then(set([cast('lama', 4)], ['lama'], [])));
  it('puts entries in and keeps the rest', () => given(changeCasting, ...now).when(change('put', cast('tree', 5), cast('fox'))).then(set([cast('lama', 2), cast('tree', 5), cast('fox')], ['fox'], [])));
  it('adds only what is missing', () => given(changeCasting, ...now).when(change('add', cast('lama', 9), cast('fox'))).then(set([cast('lama', 2), cast('tree'), cast('fox')], ['fox'], [])));
  it('drops by asset', () => given(changeCasting, ...now).when(change('drop', cast('lama'))).then(set([cast('tree')], [], ['lama'])));
  it('keeps the id that a link was brought over with', () => given(changeCasting, created, set([cast('lama', 1, { link_id: 'l1' })], ['lama'], [])).when(change('put', cast('lama', 3)))
    .then(set([cast('lama', 3, { link_id: 'l1' })], [], [])));
  it('tells of links that came, changed and went by themselves', () => given(changeCasting, ...now).when({ ...change('put', cast('tree', 5), cast('fox')), uncounted: true })
    .then({ ...set([cast('lama', 2), cast('tree', 5), cast('fox')], ['fox'], []), data: { ...set([cast('lama', 2), cast('tree', 5), cast('fox')], ['fox'], []).data, uncounted: true, changed: [cast('tree', 5)], removed: [] } }));
  it('refuses a shot that is gone', () => given(changeCasting, created, entityEvents.shot.deleted(ids)).when(change('replace')).thenRefused(NotFound));
});
