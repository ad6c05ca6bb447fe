import { Invalid } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREES } from './default-trees.ts';
import { branchOf, guesses, pathOf, slug, type Branch } from './tree.ts';

const branch: Branch = {
  mountpoint: '/vol', root: 'jobs', folder_path: { shot: '<Project>/sq/<Sequence>/<Shot>/<TaskType>', asset: '<Project>/lib/<Asset>', style: 'lowercase' },
  file_name: { shot: '<Project>_<Shot>_<TaskType.short_name>_v<Version>', asset: '<Asset>', style: 'uppercase' },
};
const facts = { Project: { name: 'My Film' }, Episode: null, Sequence: { name: 'SQ 01' }, Shot: { name: 'Sh é.01' }, Asset: { name: 'Cup' }, TaskType: { name: 'Anim X', short_name: 'anx' }, Version: { name: '003' } };

describe('paths of a file tree', () => {
  it('are made of slugs in the style of their template', () =>
    expect(pathOf(branch, 'shot', facts)).toEqual({ folder: '/vol/jobs/my_film/sq/sq_01/sh_e_01/anim_x', name: 'MY_FILM_SH_E_01_ANX_v003' }));
  it('take another separator below the root', () => expect(pathOf(branch, 'asset', facts, '\\').folder).toBe('/vol/jobs\\my_film\\lib\\cup'));
  it('leave a folder out when nothing stands for it', () =>
    expect(pathOf({ ...branch, folder_path: { shot: '<Project>/<Episode>/<Shot>' } }, 'shot', facts).folder).toBe('/vol/jobs/my_film/sh_e_01'));
  it('never leave their root, whatever a thing is called', () =>
    expect(pathOf(branch, 'asset', { ...facts, Asset: { name: '../../etc' } }).folder).toBe('/vol/jobs/my_film/lib/etc'));
  it('refuse unknown tags, attributes, kinds and modes', () => {
    expect(() => pathOf({ ...branch, folder_path: { shot: '<Nope>' } }, 'shot', facts)).toThrow(Invalid);
    expect(() => pathOf({ ...branch, folder_path: { shot: '<Project.budget>' } }, 'shot', facts)).toThrow(Invalid);
    expect(() => pathOf(branch, 'edit', facts)).toThrow(Invalid);
    expect(() => pathOf(branch, 'constructor', facts)).toThrow(Invalid);
    expect(() => branchOf({ working: branch }, 'output')).toThrow(Invalid);
    expect(() => branchOf({ working: 'x' }, 'working')).toThrow(Invalid);
    expect(() => branchOf(null, 'working')).toThrow(Invalid);
  });
  it('stand ready in trees for every kind of entity', () => {
    for (const tree of Object.values(DEFAULT_TREES)) for (const kind of ['shot', 'asset', 'sequence', 'episode', 'scene', 'edit', 'concept']) expect(tree.working!.folder_path[kind]).toContain('<Project>');
  });
});

describe('guessing what a path belongs to', () => {
  it('reads the tags of each template that fits', () =>
    expect(guesses(branch, '/vol/jobs/my_film/sq/sq_01/sh010')).toEqual([{ template: 'shot', parts: [{ tag: 'Project', text: 'my_film' }, { tag: 'Sequence', text: 'sq_01' }, { tag: 'Shot', text: 'sh010' }] }]));
  it('knows nothing of other folders', () => {
    expect(guesses(branch, '/home/my_film')).toEqual([]);
    expect(guesses(branch, '/vol/jobs/my_film/nowhere')).toEqual([]);
  });
});

it('a slug holds lower case letters, digits and _', () => expect(slug('  Héro Man--01 ')).toBe('hero_man_01'));
