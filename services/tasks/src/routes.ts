import type { Route } from '@shotlog/kernel';
import { commentRoutes } from './comment/comment.routes.ts';
import { contextRoute } from './context.ts';
import { statsRoute } from './stats.ts';
import { customAction } from './custom-action/custom-action.ts';
import { dayOffRoutes } from './day-off/day-off.routes.ts';
import { exportRoutes } from './exports.routes.ts';
import { estimationRoutes } from './imports/estimations.ts';
import { kitsuRoutes } from './imports/kitsu.ts';
import { shotgunRoutes } from './imports/shotgun.ts';
import { milestoneRoutes } from './milestone/milestone.ts';
import { scheduleItemRoutes } from './schedule-item/schedule-item.routes.ts';
import { versionRoutes } from './schedule-version/version.routes.ts';
import { statusAutomation } from './status-automation/status-automation.ts';
import { taskRoutes } from './task/task.routes.ts';
import { taskStatus } from './task-status/task-status.ts';
import { reorderRoute } from './task-type/reorder.ts';
import { taskType } from './task-type/task-type.ts';
import { timeSpentRoutes } from './time-spent/time-spent.routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [
  contextRoute, statsRoute, ...[taskType, taskStatus, statusAutomation, customAction].flatMap((r) => r.routes), reorderRoute, ...dayOffRoutes, ...scheduleItemRoutes, ...versionRoutes, ...milestoneRoutes, ...timeSpentRoutes, ...taskRoutes, ...commentRoutes,
  ...exportRoutes, ...estimationRoutes, ...kitsuRoutes, ...shotgunRoutes,
];
