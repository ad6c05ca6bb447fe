import { openFileResources } from '@shotlog/files/storage/open';
import { sweepUploads } from '@shotlog/files/upload/sweep-uploads';
import type { ServiceDefinition } from '@shotlog/kernel';
import { changeSteps } from './comment/change-comments.ts';
import { commentProjection } from './comment/comment.projection.ts';
import { sayOnTask } from './comment/comment-task.ts';
import { receiveComment } from './comment/move-comment.ts';
import { talkSteps } from './comment/talk.ts';
import { neighbourProjections } from './neighbours.ts';
import { routes } from './routes.ts';
import { assignOne, unassignOne } from './task/assign.ts';
import { createTask, ensureTask, taskClaimSource } from './task/create-task.ts';
import { deleteOne } from './task/delete-tasks.ts';
import * as taskEvents from './task/task.events.ts';
import { taskProjection } from './task/task.projection.ts';
import { reviewSteps, TaskSentToReview } from './task/to-review.ts';
import { changeTask } from './task/update-task.ts';
import { makeDefaultTaskStatuses } from './task-status/default-task-statuses.ts';
import { taskStatus } from './task-status/task-status.ts';
import { makeDefaultTaskTypes } from './task-type/default-task-types.ts';
import { taskType } from './task-type/task-type.ts';
import { customAction } from './custom-action/custom-action.ts';
import { dayOff } from './day-off/day-off.ts';
import { hoursReaction } from './day-off/hours.reaction.ts';
import { milestone } from './milestone/milestone.ts';
import { scheduleItem } from './schedule-item/schedule-item.ts';
import { scheduleLink, scheduleVersion } from './schedule-version/schedule-version.ts';
import { automationReaction } from './status-automation/automate.ts';
import { setReadyFor } from './status-automation/ready-for.ts';
import { bringComment } from './imports/bring.ts';
import { joinTeam } from './task/join-team.ts';
import { ensureItem } from './schedule-item/schedule-item.routes.ts';
import { ScheduleVersionChanged, versionSteps } from './schedule-version/version.routes.ts';
import { statusAutomation } from './status-automation/status-automation.ts';
import { durationReaction } from './time-spent/duration.reaction.ts';
import { dropTime, setTimeOfDay } from './time-spent/set-time.ts';
import { timeSpent } from './time-spent/time-spent.ts';

const { taskFields: _, ...ownEvents } = taskEvents;
const resources = [taskType, taskStatus, customAction, dayOff, milestone, scheduleItem, scheduleLink, scheduleVersion, statusAutomation, timeSpent];

export const tasks: ServiceDefinition = {
  name: 'tasks',
  routes,
  commands: [createTask, ensureTask, deleteOne, assignOne, unassignOne, changeTask, sayOnTask, receiveComment, ...changeSteps, ...talkSteps, ...reviewSteps, setTimeOfDay, dropTime, joinTeam, setReadyFor, ensureItem, bringComment, ...versionSteps, sweepUploads.tasks],
  projections: [...neighbourProjections, ...resources.map((r) => r.projection), taskProjection, commentProjection],
  reactions: [durationReaction, automationReaction, hoursReaction],
  events: [...resources.flatMap((r) => Object.values(r.events)), ...Object.values(ownEvents), TaskSentToReview, ScheduleVersionChanged],
  claimSources: [...resources.flatMap((r) => r.claimSources), taskClaimSource],
  resources: async ({ config }) => ({ byName: await openFileResources(config) }),
  firstStartAfter: ['auth'],
  firstStart: async (context) => {
    await makeDefaultTaskTypes(context);
    await makeDefaultTaskStatuses(context);
  },
};
