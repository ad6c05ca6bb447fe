import { given } from '@shotlog/kernel/given';
import { NotFound } from '@shotlog/kernel';
import { describe, it } from 'vitest';
import { complete } from '../entity/create-entity.ts';
import { CastingSet, entityEvents, type Cast } from '../entity/entity.events.ts';
import { changeCasting } from './change-casting.ts';

const ids = { entity_id: 'sh010', project_id: 'film' };
const created = entityEvents.shot.created({ ...complete({ name: 'SH010', entity_type_id: 'shots' }), ...ids });
const cast = (asset_id: string, nb_occurences = 1, more: Partial<Cast> = {}): Cast => ({ asset_id, nb_occurences, label: '', ...more });
const set = (casting: Cast[], added_asset_ids: string[], removed_asset_ids: string[]) => CastingSet({ ...ids, kind: 'shot', casting, added_asset_ids, removed_asset_ids });
const change = (op: 'replace' | 'put' | 'add' | 'drop', ...casting: Cast[]) => ({ ...ids, kind: 'shot' as const, op, casting, uncounted: false });

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
  it('refuses a shot that is gone', () => given(changeCasting, created, entityEvents.shot.deleted(ids)).when(change('replace')).thenRefused(NotFound));
});
