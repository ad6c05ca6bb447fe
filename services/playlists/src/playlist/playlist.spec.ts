import { given } from '@shotlog/kernel/given';
import { Caller, Forbidden, Invalid, NotFound } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { addEntities } from './add-entities.ts';
import { createPlaylist } from './create-playlist.ts';
import { deletePlaylist } from './delete-playlist.ts';
import { checkedEntries, plainEntries } from './entries.ts';
import { localTime } from './export-csv.ts';
import { fileName, uniqueNames } from './file-name.ts';
import { notifyClients } from './notify-clients.ts';
import { ClientsNotified, PlaylistCreated, PlaylistDeleted, PlaylistEntityAdded, PlaylistUpdated } from './playlist.events.ts';
import { mayChangePlaylist, maySeePlaylist } from './playlist.policy.ts';
import { playlistClaims, playlistState } from './playlist.state.ts';
import { updatePlaylist } from './update-playlist.ts';

const ids = { playlist_id: 'dailies', project_id: 'film' };
const facts = { name: 'Dailies', shots: [], episode_id: null, task_type_id: null, for_client: false, for_entity: 'shot', is_for_all: false, created_by: 'admin' };
const created = PlaylistCreated({ ...ids, ...facts });
const entry = (preview_file_id: string | null) => ({ entity_id: 'sh010', preview_file_id });
const added = (preview_file_id: string | null) => PlaylistEntityAdded({ ...ids, ...entry(preview_file_id) });
const add = (...previews: (string | null)[]) => ({ playlist_id: 'dailies', entities: previews.map(entry) });

describe('create playlist', () => {
  it('says everything of it', () => given(createPlaylist).when({ ...ids, ...facts }).then(created));
  it('does nothing for one that is there already', () => given(createPlaylist, created).when({ ...ids, ...facts }).thenNothing());
  it('does nothing for one that was deleted', () => given(createPlaylist, created, PlaylistDeleted(ids)).when({ ...ids, ...facts }).thenNothing());
});

describe('add entities to playlist', () => {
  it('appends the shot to a live playlist', () => given(addEntities, created).when(add('v1')).then(added('v1')));
  it('keeps a shot twice under two preview revisions', () => given(addEntities, created, added('v1')).when(add('v2')).then(added('v2')));
  it('does nothing for an entry that is already there', () => given(addEntities, created, added('v1')).when(add('v1')).thenNothing());
  it('does nothing for a shot without preview file that is already there', () => given(addEntities, created, added(null)).when(add(null)).thenNothing());
  it('adds several at once, each once', () => given(addEntities, created, added('v1')).when(add('v1', 'v2', 'v2', null)).then(added('v2'), added(null)));
  it('knows the entries that it was made with', () =>
    given(addEntities, PlaylistCreated({ ...ids, ...facts, shots: [entry('v1')] })).when(add('v1')).thenNothing());
  it('adds again what an update took out', () =>
    given(addEntities, created, added('v1'), PlaylistUpdated({ ...ids, changes: { shots: [] } })).when(add('v1')).then(added('v1')));
  it('refuses a playlist that was never made', () => given(addEntities).when(add('v1')).thenRefused(NotFound));
  it('refuses a deleted playlist', () => given(addEntities, created, PlaylistDeleted(ids)).when(add('v1')).thenRefused(NotFound));
});

describe('update playlist', () => {
  const change = (changes: object) => ({ playlist_id: 'dailies', changes: changes as Record<string, unknown> });
  it('says only what changed', () =>
    given(updatePlaylist, created).when(change({ name: 'Monday', for_client: false, shots: [] })).then(PlaylistUpdated({ ...ids, changes: { name: 'Monday' } })));
  it('counts another order of the entries as a change', () => {
    const [a, b] = [{ entity_id: 'sh010', preview_file_id: 'v1' }, { entity_id: 'sh020', preview_file_id: 'v2' }];
    given(updatePlaylist, PlaylistCreated({ ...ids, ...facts, shots: [a, b] })).when(change({ shots: [b, a] })).then(PlaylistUpdated({ ...ids, changes: { shots: [b, a] } }));
  });
  it('does nothing for what is so already', () => given(updatePlaylist, created).when(change({ name: 'Dailies' })).thenNothing());
  it('refuses a deleted playlist', () => given(updatePlaylist, created, PlaylistDeleted(ids)).when(change({ name: 'x' })).thenRefused(NotFound));
});

describe('delete playlist', () => {
  it('is a fact once', () => given(deletePlaylist, created).when({ playlist_id: 'dailies' }).then(PlaylistDeleted(ids)));
  it('refuses what is gone', () => given(deletePlaylist, created, PlaylistDeleted(ids)).when({ playlist_id: 'dailies' }).thenRefused(NotFound));
});

describe('notify clients', () => {
  it('tells whom', () => given(notifyClients, created).when({ playlist_id: 'dailies', studio_id: 'north' }).then(ClientsNotified({ ...ids, person_id: null, studio_id: 'north', department_id: null })));
  it('refuses a playlist that is not there', () => given(notifyClients).when({ playlist_id: 'dailies' }).thenRefused(NotFound));
});

describe('names of playlists', () => {
  const claimed = (more: object) => playlistClaims(playlistState.evolve(playlistState.initial, PlaylistCreated({ ...ids, ...facts, ...more }), ''));
  it('are taken within an episode', () => expect(claimed({ episode_id: 'e1' })).toEqual([{ kind: 'playlist.name', key: 'film\ne1\nDailies' }]));
  it('are free outside of episodes', () => expect(claimed({})).toEqual([]));
});

describe('who may what with a playlist', () => {
  const of = (role: 'admin' | 'manager' | 'supervisor' | 'user' | 'client' | 'vendor', there: typeof role | null = null) => new Caller({ id: 'me', role, teams: new Map([['film', there]]) });
  const sees = (caller: Caller, for_client = false) => () => maySeePlaylist(caller, { project_id: 'film', for_client });
  const changes = (caller: Caller, created_by = 'other') => () => mayChangePlaylist(caller, { project_id: 'film', created_by });
  it('shows it to the team but vendors, to clients where it is for them', () => {
    for (const role of ['admin', 'manager', 'supervisor', 'user'] as const) expect(sees(of(role))).not.toThrow();
    expect(sees(of('client'), true)).not.toThrow();
    for (const refused of [sees(of('client')), sees(of('vendor'), true), sees(new Caller({ id: 'me', role: 'manager' }), true)]) expect(refused).toThrow(Forbidden);
  });
  it('goes by the role in the production', () => {
    expect(sees(of('user', 'client'))).toThrow(Forbidden);
    expect(sees(of('user', 'vendor'), true)).toThrow(Forbidden);
    expect(changes(of('user', 'manager'))).not.toThrow();
    expect(changes(of('manager', 'user'))).toThrow(Forbidden);
  });
  it('lets managers change it, and supervisors what they made', () => {
    expect(changes(of('manager'))).not.toThrow();
    expect(changes(of('supervisor'), 'me')).not.toThrow();
    for (const refused of [changes(of('supervisor')), changes(of('user'), 'me'), changes(of('client'), 'me'), changes(of('vendor'), 'me')]) expect(refused).toThrow(Forbidden);
  });
});

describe('entries', () => {
  const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
  it('keep what the client put there, ids in lower case', () => expect(checkedEntries([{ entity_id: id.toUpperCase(), mood: 'blue' }])).toEqual([{ entity_id: id, mood: 'blue' }]));
  it('are entity and preview file alone once they come back', () => {
    expect(plainEntries([{ id, preview_file_id: id, preview_files: {}, name: 'SH' }, { nothing: 1 }])).toEqual([{ entity_id: id, preview_file_id: id }]);
  });
  it.each([['text'], [1], [[1]], [[null]], [[[]]], [[{ entity_id: 'oops' }]], [[{ preview_file_id: 7 }]], [Array(5_001).fill({})]])('refuses %j', (given_) => expect(() => checkedEntries(given_)).toThrow(Invalid));
});

describe('file names', () => {
  it('hold letters and digits alone', () => expect(fileName(['Été à la Mer', '../../etc', null, 'SH 010', 'v1'])).toBe('ete_a_la_mer_etc_sh_010_v1'));
  it('keep other scripts', () => expect(fileName(['映画', 'ガラス'])).toBe('映画_ガラス'));
  it('are never empty or endless', () => expect([fileName(['///']), fileName(['x'.repeat(500)]).length]).toEqual(['file', 80]));
  it('are made unique in their order', () => {
    const unique = uniqueNames();
    expect([unique('a', 'mp4'), unique('a', 'mp4'), unique('a', 'png'), unique('a_2', 'mp4'), unique('a', 'mp4')]).toEqual(['a.mp4', 'a_2.mp4', 'a.png', 'a_2_2.mp4', 'a_3.mp4']);
  });
});

describe('times of exports', () => {
  it('are those of the zone, in summer as in winter', () => {
    expect(localTime('2024-01-31T23:30:00', 'Europe/Paris')).toBe('2024-02-01T00:30:00');
    expect(localTime('2024-07-01T22:00:00', 'Europe/Paris')).toBe('2024-07-02T00:00:00');
    expect(localTime('2024-07-01T22:00:00', 'UTC')).toBe('2024-07-01T22:00:00');
  });
});
