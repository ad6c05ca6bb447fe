import { ids, shown } from '@shotlog/kernel';
import { templateTable, templateTaskStatuses, templateTaskTypes } from './template.projection.ts';

/** What new productions start with. */
export const ProjectTemplate = shown('ProjectTemplate', templateTable.fields, { task_types: ids, task_statuses: ids, asset_types: ids, status_automations: ids, preview_background_files: ids });
export const TemplateTaskType = shown('ProjectTemplateTaskTypeLink', templateTaskTypes.fields);
export const TemplateTaskStatus = shown('ProjectTemplateTaskStatusLink', templateTaskStatuses.fields);
