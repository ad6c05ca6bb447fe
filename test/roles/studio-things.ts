import { file, HDR, PNG } from './pictures.ts';
import type { Client } from '../studio.ts';

const CONSTANTS = { color: '#445566' };

/** What belongs to no production: one of each, and a spare one where a route takes it away. The names of ids are those of paths. */
export const furnish = async (admin: Client, kinds: readonly string[], tag: string): Promise<Record<string, string>> => {
  const ids: Record<string, string> = {};
  const keep = async (key: string, path: string, body: object): Promise<void> => { ids[key] = (await admin.must('POST', `/data/${path}`, body)).id; };
  await keep('department_id', 'departments', { name: `Roles department${tag}`, ...CONSTANTS });
  for (const kind of kinds) {
    await keep(`${kind}_task_type_id`, 'task-types', { name: `Roles ${kind}${tag}`, for_entity: kind[0]!.toUpperCase() + kind.slice(1), ...CONSTANTS });
  }
  await keep('second_task_type_id', 'task-types', { name: `Roles second${tag}`, for_entity: 'Shot', ...CONSTANTS });
  await keep('spare_task_type_id', 'task-types', { name: `Roles spare${tag}`, for_entity: 'Shot', ...CONSTANTS });
  await keep('task_status_id', 'task-status', { name: `Roles wip${tag}`, short_name: `rw${tag}`, is_client_allowed: true, ...CONSTANTS });
  await keep('spare_task_status_id', 'task-status', { name: `Roles spare${tag}`, short_name: `rs${tag}`, is_client_allowed: true, ...CONSTANTS });
  await keep('asset_type_id', 'entity-types', { name: `Roles props${tag}` });
  await keep('spare_asset_type_id', 'entity-types', { name: `Roles sets${tag}` });
  ids.entity_type_id = ids.asset_type_id!;
  ids.asset_type_name = `Roles props${tag}`;
  ids.open_status_id = (await admin.must('GET', '/data/project-status')).find((s: any) => s.name === 'Open').id;
  for (const name of ['', 'spare_']) {
    await keep(`${name}status_automation_id`, 'status-automations', { entity_type: 'shot', in_task_type_id: ids.shot_task_type_id, in_task_status_id: name ? ids.task_status_id : ids.spare_task_status_id,
      out_field_type: 'status', out_task_type_id: ids.spare_task_type_id, out_task_status_id: ids.task_status_id });
    await keep(`${name}preview_background_file_id`, 'preview-background-files', { name: `Roles sky ${name}${tag}` });
    await keep(`${name}software_id`, 'softwares', { name: `Roles maya ${name}${tag}`, short_name: `rm${name}${tag}`, file_extension: 'ma' });
    await keep(`${name}hardware_item_id`, 'hardware-items', { name: `Roles box ${name}${tag}`, short_name: `rb${name}${tag}` });
  }
  await keep('output_type_id', 'output-types', { name: `Roles cache${tag}`, short_name: `rc${tag}` });
  await keep('file_status_id', 'file-status', { name: `Roles fine${tag}`, ...CONSTANTS });
  await keep('studio_id', 'studios', { name: `Roles north${tag}`, ...CONSTANTS });
  await keep('custom_action_id', 'custom-actions', { name: `Roles go${tag}`, url: 'https://example.com/go', entity_type: 'shot' });
  await keep('plugin_id', 'plugins', { plugin_id: `roles-plugin${tag}`, name: `Roles plugin${tag}`, version: '0.1', maintainer_name: 'Ann', license: 'MIT' });
  await keep('project_template_id', 'project-templates', { name: `Roles template${tag}` });
  await keep('project_status_id', 'project-status', { name: `Roles frozen${tag}`, ...CONSTANTS });
  ids.organisation_id = (await admin.must('GET', '/data/organisations'))[0].id;
  ids.salary_scale_id = (await admin.must('GET', '/data/salary-scales')).find((s: any) => s.department_id === ids.department_id).id;
  await admin.must('POST', `/pictures/thumbnails/organisations/${ids.organisation_id}`, file('face.png', PNG, 'image/png'));
  await admin.post(`/pictures/preview-background-files/${ids.preview_background_file_id}`, file('sky.hdr', HDR, 'image/vnd.radiance'));
  await admin.post(`/pictures/thumbnails/preview-background-files/${ids.preview_background_file_id}.png`, file('sky.png', PNG, 'image/png'));
  await admin.must('POST', `/data/departments/${ids.department_id}/software-licenses`, { software_id: ids.software_id });
  await admin.must('POST', `/data/departments/${ids.department_id}/hardware-items`, { hardware_item_id: ids.hardware_item_id });
  return ids;
};
