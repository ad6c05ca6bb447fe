import type { Route } from '@shotlog/kernel';
import { chatRoutes } from './chat/talk.ts';
import { contextRoute } from './context.ts';
import { subscribedRoute } from './subscription/internal.ts';
import { kitsuRoutes } from './imports/kitsu.ts';
import { logRoutes } from './log/api-event.ts';
import { liveRoutes } from './log/live.ts';
import { newsRoutes } from './news/routes.ts';
import { notificationRoutes } from './notification/inbox.ts';
import { subscriptionRoutes } from './subscription/subscription.ts';
import { webhookRoutes } from './webhook/webhook.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [contextRoute, subscribedRoute, ...newsRoutes, ...notificationRoutes, ...subscriptionRoutes, ...chatRoutes, ...logRoutes, ...liveRoutes, ...kitsuRoutes, ...webhookRoutes];
