import { event, ROLES, type EventOf } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
const Project = z.object({ project_id: Id });
const told = { publish: (e: { data: { project_id: string } }) => [{ name: 'project:update', payload: { project_id: e.data.project_id } }] };

/**
 * What a production takes from the studio's reference data, in the production's stream `project-<id>`. A `Linked` event for a pair
 * that is linked already replaces what it says (priority, roles); `link_id` stays the same then.
 */
export const ProjectTaskTypeLinked = event('ProjectTaskTypeLinked', 1, Project.extend({ task_type_id: Id, link_id: Id, priority: z.number().int().nullable() }), told);
export const ProjectTaskTypeUnlinked = event('ProjectTaskTypeUnlinked', 1, Project.extend({ task_type_id: Id }), told);
/** `roles_for_board`: who sees a column of this status on the board. */
export const ProjectTaskStatusLinked = event('ProjectTaskStatusLinked', 1,
  Project.extend({ task_status_id: Id, link_id: Id, priority: z.number().int().nullable(), roles_for_board: z.array(z.enum(ROLES)) }), told);
export const ProjectTaskStatusUnlinked = event('ProjectTaskStatusUnlinked', 1, Project.extend({ task_status_id: Id }), told);
export const ProjectAssetTypeLinked = event('ProjectAssetTypeLinked', 1, Project.extend({ asset_type_id: Id }), told);
export const ProjectAssetTypeUnlinked = event('ProjectAssetTypeUnlinked', 1, Project.extend({ asset_type_id: Id }), told);
export const ProjectStatusAutomationLinked = event('ProjectStatusAutomationLinked', 1, Project.extend({ status_automation_id: Id }), told);
export const ProjectStatusAutomationUnlinked = event('ProjectStatusAutomationUnlinked', 1, Project.extend({ status_automation_id: Id }), told);
export const ProjectBackgroundLinked = event('ProjectBackgroundLinked', 1, Project.extend({ preview_background_file_id: Id }), told);
export const ProjectBackgroundUnlinked = event('ProjectBackgroundUnlinked', 1, Project.extend({ preview_background_file_id: Id }), told);

/** All of the above, for whoever publishes or keeps them. */
export const linkEvents = [
  ProjectTaskTypeLinked, ProjectTaskTypeUnlinked, ProjectTaskStatusLinked, ProjectTaskStatusUnlinked, ProjectAssetTypeLinked, ProjectAssetTypeUnlinked,
  ProjectStatusAutomationLinked, ProjectStatusAutomationUnlinked, ProjectBackgroundLinked, ProjectBackgroundUnlinked,
] as const;
export type LinkEvent = EventOf<(typeof linkEvents)[number]>;

/** Who sees a new status on the board when nobody says. */
export const DEFAULT_BOARD_ROLES = ['user', 'admin', 'supervisor', 'manager', 'vendor'] as const;
