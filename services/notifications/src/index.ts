import { openFileResources } from '@shotlog/files/storage/open';
import type { ServiceDefinition } from '@shotlog/kernel';
import { chat, ChatJoined, ChatLeft, chatMessage, chatProjection } from './chat/chat.ts';
import { say } from './chat/talk.ts';
import { datedProjection } from './imports/kitsu.ts';
import { apiEvent, apiEventProjection, reviewProjection } from './log/api-event.ts';
import { neighbourProjections } from './neighbours.ts';
import { news, newsProjection } from './news/news.ts';
import { AllNotificationsRead, notification, NotificationMarked } from './notification/notification.ts';
import { notificationProjection } from './notification/notification.projection.ts';
import { follow, subscription } from './subscription/subscription.ts';
import { routes } from './routes.ts';
import { WebhookConfig } from './webhook/config.ts';
import { WEBHOOK_TABLES } from './webhook/delivery.ts';
import { webhook } from './webhook/webhook.ts';
import { startWebhooks } from './webhook/worker.ts';

const resources = [news, notification, subscription, chat, chatMessage, apiEvent, webhook];

export const notifications: ServiceDefinition = {
  name: 'notifications', routes,
  // `attach` writes the attachments of chat messages from here; files owns and publishes them.
  commands: [follow, say],
  projections: [...neighbourProjections, ...resources.map((r) => r.projection), newsProjection, notificationProjection, datedProjection, chatProjection, apiEventProjection, reviewProjection],
  events: [...resources.flatMap((r) => Object.values(r.events)), AllNotificationsRead, NotificationMarked, ChatJoined, ChatLeft],
  claimSources: subscription.claimSources,
  privateTables: WEBHOOK_TABLES,
  resources: async ({ config }) => ({ byName: { ...(await openFileResources(config)), privateAddresses: WebhookConfig.parse(config).WEBHOOK_PRIVATE_ADDRESSES } }),
  background: startWebhooks,
};
