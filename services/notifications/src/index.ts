import { openFileResources } from '@shotlog/files/storage/open';
import { sweepUploads } from '@shotlog/files/upload/sweep-uploads';
import type { ServiceDefinition } from '@shotlog/kernel';
import { mailConfig, openMailer } from '@shotlog/mail';
import { chat, ChatJoined, ChatLeft, chatMessage, chatProjection } from './chat/chat.ts';
import { say } from './chat/talk.ts';
import { datedProjection } from './imports/kitsu.ts';
import { apiEvent, apiEventProjection, reviewProjection } from './log/api-event.ts';
import { MESSAGE_TABLES, messageReaction } from './message/queue.ts';
import { startMessages } from './message/worker.ts';
import { neighbourProjections } from './neighbours.ts';
import { news, newsProjection } from './news/news.ts';
import { AllNotificationsRead, notification, NotificationMarked } from './notification/notification.ts';
import { notificationProjection } from './notification/notification.projection.ts';
import { follow, subscription } from './subscription/subscription.ts';
import { routes } from './routes.ts';
import { OutsideConfig } from './outside.config.ts';
import { WEBHOOK_TABLES } from './webhook/delivery.ts';
import { webhook } from './webhook/webhook.ts';
import { startWebhooks } from './webhook/worker.ts';

const resources = [news, notification, subscription, chat, chatMessage, apiEvent, webhook];

export const notifications: ServiceDefinition = {
  name: 'notifications', routes,
  // `attach` writes the attachments of chat messages from here; files owns and publishes them.
  commands: [follow, say, sweepUploads.notifications],
  projections: [...neighbourProjections, ...resources.map((r) => r.projection), newsProjection, notificationProjection, datedProjection, chatProjection, apiEventProjection, reviewProjection],
  events: [...resources.flatMap((r) => Object.values(r.events)), AllNotificationsRead, NotificationMarked, ChatJoined, ChatLeft],
  claimSources: subscription.claimSources,
  privateTables: WEBHOOK_TABLES + MESSAGE_TABLES,
  reactions: [messageReaction],
  resources: async ({ config }) => {
    const mailer = openMailer(mailConfig(config));
    const { WEBHOOK_PRIVATE_ADDRESSES, SLACK_API_URL, DISCORD_API_URL } = OutsideConfig.parse(config);
    return {
      byName: { ...(await openFileResources(config)), mailer, privateAddresses: WEBHOOK_PRIVATE_ADDRESSES, slackUrl: SLACK_API_URL, discordUrl: DISCORD_API_URL },
      close: async () => mailer.close(),
    };
  },
  background: async (parts) => {
    const stops = [await startWebhooks(parts), await startMessages(parts)];
    return async () => { await Promise.all(stops.map((stop) => stop())); };
  },
};
