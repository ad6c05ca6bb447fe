import { startStudio, type Client } from '@shotlog/test/studio';
import { dropReadModels } from '@shotlog/test/truth';
import { expect, it } from 'vitest';

const make = async (admin: Client): Promise<string[]> => {
  const type = (await admin.must('POST', '/data/task-types', { name: 'Type', for_entity: 'Shot', color: '#000000' })).id;
  const status = (await admin.must('POST', '/data/task-status', { name: 'Status', short_name: 'st', color: '#000000' })).id;
  const sky = (await admin.must('POST', '/data/preview-background-files', { name: 'Sky' })).id;
  const film = (await admin.must('POST', '/data/projects', { name: 'Film', production_type: 'tvshow', data: { lens: 1 }, team: [] })).id;
  await admin.must('POST', `/data/projects/${film}/settings/task-types`, { task_type_id: type, priority: 1 });
  await admin.must('POST', '/data/task-type-links', { project_id: film, task_type_id: type, priority: 2 });
  await admin.must('POST', '/data/task-status-links', { project_id: film, task_status_id: status, priority: 3, roles_for_board: ['user'] });
  await admin.must('POST', `/data/projects/${film}/settings/preview-background-files`, { preview_background_file_id: sky });
  const field = await admin.must('POST', `/data/projects/${film}/metadata-descriptors`, { entity_type: 'Project', name: 'Lens' });
  await admin.must('PUT', `/data/projects/${film}/metadata-descriptors/${field.id}`, { name: 'Optics' });
  const template = (await admin.must('POST', `/data/project-templates/from-project/${film}`, { name: 'Template' })).id;
  const group = (await admin.must('POST', '/data/user/filter-groups', { name: 'Group', project_id: film })).id;
  await admin.must('POST', '/data/user/filters', { name: 'Filter', query: 'x', project_id: film, search_filter_group_id: group });
  await admin.must('DELETE', `/data/preview-background-files/${sky}?force=true`);
  return [`/data/projects/${film}`, '/data/projects/open', '/data/projects', `/data/projects/${film}/settings/task-status`, '/data/metadata-descriptors', `/data/project-templates/${template}`,
    `/data/project-templates/${template}/task-types`, `/data/project-templates/${template}/task-statuses`, '/data/user/filters', '/data/user/filter-groups', '/data/entity-types', '/data/asset-types', '/data/project-status'];
};
const readAll = async (admin: Client, reads: string[]) => Promise.all(reads.map(async (path) => [path, await admin.must('GET', path)]));

it('shows the same productions once the read model was built anew from the log, and their names stay taken', async () => {
  const first = await startStudio();
  const admin = await first.signIn();
  const reads = await make(admin);
  const before = await readAll(admin, reads);
  await first.stop(true);
  await dropReadModels(first.dataDir);
  const second = await startStudio({ dataDir: first.dataDir });
  try {
    const again = await second.signIn();
    expect(await readAll(again, reads)).toEqual(before);
    expect((await again.post('/data/projects', { name: 'Film' })).status).toBe(400);
  } finally {
    await second.stop();
  }
}, 60_000);
