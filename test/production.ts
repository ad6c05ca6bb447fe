import { fillPath } from './roles/fill.ts';
import type { Client } from './studio.ts';

/** Stands in every name and text of the sample production: where it shows up, something of the production was shown. */
export const MARK = 'Xylophone';

/** Ids by the names that paths give their parameters. */
export type Sample = { ids: Record<string, string>; project_id: string };

const made = async (work: () => Promise<any>): Promise<any> => work().catch(() => ({}));

/** A production with one of (nearly) everything, each marked. What a service does not make yet is left out. */
export const sampleProduction = async (admin: Client, person_id: string): Promise<Sample> => {
  const post = (path: string, body: unknown) => admin.must('POST', path, body);
  const project = await post('/data/projects', { name: `${MARK} film`, production_type: 'tvshow', description: MARK });
  const p = project.id;
  const context = await admin.must('GET', '/data/user/context');
  const [type] = context.task_types.filter((t: any) => t.for_entity === 'Shot');
  const [assetType] = context.asset_types;
  const [status] = context.task_status;
  const asset = await post(`/data/projects/${p}/asset-types/${assetType.id}/assets/new`, { name: `${MARK} asset`, description: MARK });
  const episode = await post(`/data/projects/${p}/episodes`, { name: `${MARK} E01` });
  const sequence = await post(`/data/projects/${p}/sequences`, { name: `${MARK} SQ`, episode_id: episode.id });
  const shot = await post(`/data/projects/${p}/shots`, { name: `${MARK} SH`, sequence_id: sequence.id, description: MARK });
  const scene = await made(() => post(`/data/projects/${p}/scenes`, { name: `${MARK} SC`, sequence_id: sequence.id }));
  const edit = await made(() => post(`/data/projects/${p}/edits`, { name: `${MARK} edit` }));
  const concept = await made(() => post(`/data/projects/${p}/concepts`, { name: `${MARK} concept` }));
  await admin.put(`/data/projects/${p}/entities/${shot.id}/casting`, [{ asset_id: asset.id, nb_occurences: 1 }]);
  const [task] = await post(`/actions/projects/${p}/task-types/${type.id}/shots/create-tasks`, [shot.id]);
  const comment = await post(`/actions/tasks/${task.id}/comment`, { task_status_id: status.id, comment: MARK });
  const preview = await made(() => post(`/actions/tasks/${task.id}/comments/${comment.id}/add-preview`, {}));
  const playlist = await made(() => post('/data/playlists', { name: `${MARK} list`, project_id: p, for_entity: 'shot', shots: [{ entity_id: shot.id, preview_file_id: null }] }));
  const budget = await made(() => post(`/data/projects/${p}/budgets`, { name: `${MARK} money`, currency: 'EUR' }));
  const descriptor = await made(() => post(`/data/projects/${p}/metadata-descriptors`, { entity_type: 'Shot', name: `${MARK} field`, data_type: 'string' }));
  const milestone = await made(() => post('/data/milestones', { project_id: p, task_type_id: type.id, name: `${MARK} gate`, date: '2026-06-01' }));
  return {
    project_id: p,
    ids: {
      project_id: p, asset_id: asset.id, episode_id: episode.id, sequence_id: sequence.id, shot_id: shot.id, scene_id: scene.id, edit_id: edit.id, concept_id: concept.id, entity_id: shot.id, temporal_entity_id: shot.id,
      task_id: task.id, comment_id: comment.id, preview_file_id: preview.id, playlist_id: playlist.id, budget_id: budget.id, metadata_descriptor_id: descriptor.id, milestone_id: milestone.id, person_id, task_type_id: type.id,
      task_status_id: status.id, asset_type_id: assetType.id, department_id: context.departments[0].id,
    },
  };
};

/** A path of the API reference with the sample's ids in it. */
export const fill = (path: string, sample: Sample): string => fillPath(path, sample.ids);
