import type { Route } from '@shotlog/kernel';
import { commentRoutes } from './comment/comment.routes.ts';
import { contextRoute } from './context.ts';
import { customAction } from './custom-action/custom-action.ts';
import { dayOff } from './day-off/day-off.ts';
import { milestoneRoutes } from './milestone/milestone.ts';
import { scheduleItem } from './schedule-item/schedule-item.ts';
import { scheduleLink, scheduleVersion } from './schedule-version/schedule-version.ts';
import { statusAutomation } from './status-automation/status-automation.ts';
import { taskRoutes } from './task/task.routes.ts';
import { taskStatus } from './task-status/task-status.ts';
import { taskType } from './task-type/task-type.ts';
import { timeSpentRoutes } from './time-spent/time-spent.routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [
  contextRoute, ...[taskType, taskStatus, dayOff, scheduleItem, scheduleVersion, scheduleLink, statusAutomation, customAction].flatMap((r) => r.routes), ...milestoneRoutes, ...timeSpentRoutes, ...taskRoutes, ...commentRoutes,
];
