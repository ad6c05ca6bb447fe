import { only, rendered, route, selectList, sql, to, type Route } from '@shotlog/kernel';
import { automations, backgrounds } from '../neighbours.ts';
import { plainLinks } from './plain-links.ts';
import { teamRead } from './project.steps.ts';
import { Project } from './project.answers.ts';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { z } from 'zod';

const settings = '/data/projects/{project_id}/settings';

export const plainLinkRoutes: Route[] = [
  route({ method: 'post', path: `${settings}/asset-types`, summary: 'Let a production use an asset type', answers: { 201: Project }, command: plainLinks.assetType.add, status: 201 }),
  route({ method: 'delete', path: `${settings}/asset-types/{asset_type_id}`, summary: 'Take an asset type out of a production', command: plainLinks.assetType.remove, status: 204 }),
  route({
    method: 'get', path: `${settings}/status-automations`, summary: 'List the status automations of a production', answers: { 200: z.array(statusAutomation.answer) },
    ...teamRead((c, id) => {
      only.teamManager(c.caller, id);
      return rendered(c.db, sql`select ${selectList({ table: automations.table, type: 'StatusAutomation' }, c.caller, true)}
        from status_automation t join project_status_automation_link l on l.status_automation_id = t.id where l.project_id = ${id} order by t.log_position`);
    }), access: to.teamManagers,
  }),
  route({ method: 'post', path: `${settings}/status-automations`, summary: 'Let a production use a status automation', answers: { 201: Project }, command: plainLinks.automation.add, status: 201 }),
  route({ method: 'delete', path: `${settings}/status-automations/{status_automation_id}`, summary: 'Take a status automation out of a production', command: plainLinks.automation.remove, status: 204 }),
  route({
    method: 'get', path: `${settings}/preview-background-files`, summary: 'List the preview backgrounds of a production', answers: { 200: z.array(previewBackgroundFile.answer) },
    ...teamRead((c, id) => rendered(c.db, sql`select ${selectList({ table: backgrounds.table, type: 'PreviewBackgroundFile' }, c.caller, true)}
      from preview_background_file t join project_preview_background_file_link l on l.preview_background_file_id = t.id where l.project_id = ${id} order by lower(t.name)`)),
  }),
  route({ method: 'post', path: `${settings}/preview-background-files`, summary: 'Let a production use a preview background', answers: { 201: Project }, command: plainLinks.background.add, status: 201 }),
  route({ method: 'delete', path: `${settings}/preview-background-files/{preview_background_file_id}`, summary: 'Take a preview background out of a production', command: plainLinks.background.remove, status: 204 }),
];
