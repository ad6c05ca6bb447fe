import type { Branch, FileTree } from './tree.ts';

/** Where each kind of thing has its folder, and what its files begin with. */
const PLACES: Record<string, [folder: string, prefix: string]> = {
  shot: ['shots/<Sequence>/<Shot>', '<Sequence>_<Shot>'], asset: ['assets/<AssetType>/<Asset>', '<AssetType>_<Asset>'], sequence: ['sequences/<Sequence>', '<Sequence>'],
  episode: ['episodes/<Episode>', '<Episode>'], scene: ['scenes/<Sequence>/<Scene>', '<Sequence>_<Scene>'], edit: ['edits/<Edit>', '<Edit>'], concept: ['concepts/<Concept>', '<Concept>'],
};

const branch = (root: string, folderEnd: string, nameEnd: string, more: Partial<Pick<Branch, 'folder_path' | 'file_name'>> = {}): Branch => ({
  mountpoint: '/studio', root,
  folder_path: { ...Object.fromEntries(Object.entries(PLACES).map(([kind, [folder]]) => [kind, `<Project>/${folder}/${folderEnd}`])), ...more.folder_path, style: 'lowercase' },
  file_name: { ...Object.fromEntries(Object.entries(PLACES).map(([kind, [, prefix]]) => [kind, `<Project>_${prefix}_${nameEnd}`])), ...more.file_name, style: 'lowercase' },
});

const INSTANCES = {
  folder_path: { instance: '<Project>/<TemporalEntityType>/<Sequence>/<TemporalEntity>/<OutputType>/<AssetType>/<Asset>/instance_<Instance.number>',
    instance_asset: '<Project>/assets/<TemporalEntityType>/<TemporalEntity>/<OutputType>/<AssetType>/<Asset>/instance_<Instance.number>' },
  file_name: { instance: '<Project>_<Sequence>_<TemporalEntity>_<OutputType>_<Instance.name>', instance_asset: '<Project>_<TemporalEntityType>_<TemporalEntity>_<OutputType>_<Instance.name>' },
};

/** Trees that a production can start with. `simple` numbers its files by revision in their names. */
export const DEFAULT_TREES: Record<string, FileTree> = {
  default: { working: branch('productions', '<TaskType>', '<TaskType>'), output: branch('productions/export', '<OutputType>', '<OutputType>_<Name>', INSTANCES), preview: branch('productions/previews', '<TaskType>', '<TaskType>') },
  simple: { working: branch('productions', '<TaskType>', '<TaskType>_<Name>_v<Version>'), output: branch('productions/export', '<TaskType>/<OutputType>', '<TaskType>_<OutputType>_<Name>_v<Version>', INSTANCES),
    preview: branch('productions/previews', '<TaskType>', '<TaskType>') },
};
