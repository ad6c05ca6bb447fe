import { reaction, sql, when, type Context, type Db, type PersonCard, type Recorded } from '@shotlog/kernel';
import { ClientsNotified } from '@shotlog/playlists/playlist/playlist.events';
import { CommentReplied, CommentUpdated, TaskAssigned, TaskCommented } from '@shotlog/tasks/task/task.events';

export const CHANNELS = ['mail', 'slack', 'mattermost', 'discord'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Messages on their way out of the studio; who they are for is looked up when they are sent. */
export const MESSAGE_TABLES = `
  create table if not exists outgoing_message (notification_id uuid not null, channel text not null, person_id uuid not null, attempts int not null default 0, next_at timestamptz not null default now(),
    queued_at timestamptz not null default now(), primary key (notification_id, channel));
  create index if not exists outgoing_message_due on outgoing_message (next_at);`;

/** How long after each attempt the next one comes, in seconds. A message that is hours late helps nobody. */
const RETRIES_S = [60, 300, 1_800, 7_200];
const LEASE_S = 120;

/** Where a person wants to be told, beside the studio's own pages. */
export const channelsOf = (card: PersonCard): Channel[] => [
  ...(card.notifications_enabled && card.email ? ['mail' as const] : []),
  ...(['slack', 'mattermost', 'discord'] as const).filter((name) => card[`notifications_${name}_enabled`] && card[`notifications_${name}_userid`]),
];

const queue = async (e: Recorded, context: Context): Promise<void> => {
  if (e.metadata.silent) return;
  const rows = await context.db.all<{ id: string; person_id: string }>(sql`select id, person_id from notification where log_position = ${e.position}`);
  if (rows.length === 0) return;
  const cards = await context.persons(rows.map((r) => r.person_id));
  const wanted = rows.flatMap((r) => {
    const card = cards.get(r.person_id);
    return card ? channelsOf(card).map((channel) => ({ ...r, channel })) : [];
  });
  await context.db.batch(wanted.map(({ id, person_id, channel }) => sql`insert into outgoing_message (notification_id, channel, person_id) values (${id}, ${channel}, ${person_id}) on conflict do nothing`));
};

/** What is told in the studio is queued for whoever wants it elsewhere, too. Only queued: a mail server that is away delays nobody. */
export const messageReaction = reaction('messages', [when(TaskCommented, queue), when(CommentUpdated, queue), when(CommentReplied, queue), when(TaskAssigned, queue), when(ClientsNotified, queue)]);

export type Due = { notification_id: string; channel: Channel; person_id: string; attempts: number };
/** Takes what is due for two minutes: whoever takes it and dies leaves it to the next. */
export const takeMessages = (db: Db, limit: number): Promise<Due[]> => db.all<Due>(sql`update outgoing_message m set attempts = m.attempts + 1, next_at = now() + ${`${LEASE_S} seconds`}::interval
  where (m.notification_id, m.channel) in (select notification_id, channel from outgoing_message where next_at <= now() order by next_at limit ${limit} for update skip locked)
  returning m.notification_id, m.channel, m.person_id, m.attempts`);

/** Takes a message out: it was sent, or nobody wants it any more. */
export const finishMessage = (db: Db, { notification_id, channel }: Due): Promise<void> =>
  db.batch([sql`delete from outgoing_message where notification_id = ${notification_id} and channel = ${channel}`]);

/** Tries again later, or gives up; answers whether it gave up. */
export const retryMessage = async (db: Db, due: Due): Promise<boolean> => {
  const wait = RETRIES_S[due.attempts - 1];
  if (wait === undefined) return finishMessage(db, due).then(() => true);
  await db.batch([sql`update outgoing_message set next_at = now() + ${`${wait} seconds`}::interval where notification_id = ${due.notification_id} and channel = ${due.channel}`]);
  return false;
};
