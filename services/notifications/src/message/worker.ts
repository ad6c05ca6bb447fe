import { sql, type Context, type ServiceDefinition } from '@shotlog/kernel';
import { entityJoins, fullName } from '../neighbours.ts';
import { deliver, type ChannelParts } from './channels.ts';
import { contentOf, type Notice } from './content.ts';
import { channelsOf, finishMessage, retryMessage, takeMessages, type Due } from './queue.ts';

const IDLE_MS = 2_000;
const AT_ONCE = 10;

const noticeOf = (context: Context, due: Due): Promise<(Omit<Notice, 'author'> & { author_id: string | null }) | null> => context.db.one(sql`
  select n.notification_type, n.author_id, n.project_id, p.name as project_name, e.kind as entity_kind, coalesce(${fullName}, '') as full_entity_name, tt.name as task_type_name, ts.name as task_status_name, c.text as comment_text,
    coalesce((select r->>'text' from jsonb_array_elements(c.replies) r where r->>'id' = n.reply_id::text), '') as reply_text, n.task_id, n.playlist_id, coalesce(l.name, '') as playlist_name
  from notification n left join task k on k.id = n.task_id left join comment c on c.id = n.comment_id left join project p on p.id = n.project_id left join playlist l on l.id = n.playlist_id
    left join task_type tt on tt.id = k.task_type_id left join task_status ts on ts.id = c.task_status_id ${entityJoins} where n.id = ${due.notification_id}`) as never;

/** Sends what is queued for mail and chat services, until stopped. Any number of replicas may run it. */
export const startMessages = async ({ context: contextOf, logger, resource }: Parameters<NonNullable<ServiceDefinition['background']>>[0]): Promise<() => Promise<void>> => {
  const context = contextOf('messages');
  let stopped = false;
  let wake: (() => void) | null = null;
  const parts: ChannelParts = {
    mailer: resource('mailer'), privateAddresses: resource('privateAddresses'), slackUrl: resource('slackUrl'), discordUrl: resource('discordUrl'),
    secrets: () => context.fetchFrom('auth', 'GET /internal/organisation'),
  };

  const send = async (due: Due): Promise<void> => {
    const notice = await noticeOf(context, due);
    const cards = await context.persons([due.person_id, ...(notice?.author_id ? [notice.author_id] : [])]);
    const card = cards.get(due.person_id);
    // Taken back, or no longer wanted, since it was queued.
    if (!notice || !card || !channelsOf(card).includes(due.channel)) return finishMessage(context.db, due);
    const author = (notice.author_id && cards.get(notice.author_id)?.full_name) || 'Shotlog';
    await deliver(due.channel, card, contentOf({ ...notice, author }, parts.mailer.publicUrl), parts);
    await finishMessage(context.db, due);
  };
  const attempt = (due: Due): Promise<void> => send(due).catch(async (error) => {
    const gaveUp = await retryMessage(context.db, due);
    logger[gaveUp ? 'error' : 'warn']({ err: error, channel: due.channel, notification_id: due.notification_id, attempts: due.attempts }, gaveUp ? 'a message was given up' : 'a message was not taken; trying again later');
  });

  const loop = async (): Promise<void> => {
    while (!stopped) {
      const taken = await takeMessages(context.db, AT_ONCE).catch((error) => {
        if (!stopped) logger.warn({ err: error }, 'messages wait');
        return [];
      });
      await Promise.all(taken.map((due) => attempt(due).catch((error) => logger.warn({ err: error }, 'a message waits'))));
      if (taken.length > 0 || stopped) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, IDLE_MS).unref();
      });
      wake = null;
    }
  };
  const ended = loop();
  return async () => {
    stopped = true;
    (wake as (() => void) | null)?.();
    await ended;
  };
};
