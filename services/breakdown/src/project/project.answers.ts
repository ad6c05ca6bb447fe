import { byKey, ids, maybe, shown, texts } from '@shotlog/kernel';
import { z } from 'zod';
import { projectTable, taskStatusLinkTable, taskTypeLinkTable } from './project.projection.ts';

const links = { team: ids, asset_types: ids, task_types: ids, task_statuses: ids, status_automations: ids, preview_background_files: ids };

/** A production. */
export const Project = shown('Project', projectTable.fields, { ...links, first_episode_id: maybe.id, project_status_name: maybe.text });

/** A field that a production gives its entities, as the list of open productions shows it. */
const Descriptor = z.looseObject({ id: z.guid(), entity_type: z.string(), name: z.string(), data_type: z.string(), field_name: z.string(), choices: z.unknown(), for_client: maybe.truth, position: maybe.whole, departments: ids });
export const OpenProject = Project.extend({
  task_types_priority: byKey(maybe.whole).optional(), task_statuses_link: byKey(z.object({ priority: maybe.whole, roles_for_board: texts.nullable() })).optional(), descriptors: z.array(Descriptor).optional(),
}).meta({ id: 'OpenProject' });

export const ProjectTaskTypeLink = shown('ProjectTaskTypeLink', taskTypeLinkTable.fields);
export const ProjectTaskStatusLink = shown('ProjectTaskStatusLink', taskStatusLinkTable.fields);
