import { neighbour, type Projection } from '@shotlog/kernel';
import { department } from '@shotlog/auth/department/department';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';

const fieldsOf = (of: { table: { fields: object } }, own: object) => Object.keys(of.table.fields).filter((name) => !(name in own));
/** What every row has anyway. */
const own = { id: 0, created_at: 0, updated_at: 0, log_position: 0 };
/** What this service keeps of its neighbours' reference data. */
export const taskTypes = neighbour(taskType, fieldsOf(taskType, own));
export const taskStatuses = neighbour(taskStatus, fieldsOf(taskStatus, own));
export const backgrounds = neighbour(previewBackgroundFile, fieldsOf(previewBackgroundFile, own));
export const automations = neighbour(statusAutomation, fieldsOf(statusAutomation, own));
export const departments = neighbour(department, ['name', 'color', 'archived']);

export const neighbourProjections: Projection[] = [taskTypes.projection, taskStatuses.projection, backgrounds.projection, automations.projection, departments.projection];
