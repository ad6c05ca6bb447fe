import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { raw, sql } from './sql.ts';

/** A row of the outbox. */
export type Message = { seq: number; position: number; name: string; payload: object; event_id: string };

const COLUMNS = 'seq, position, name, payload, event_id';
/** Some 500 messages, the last event's all among them: a message is known by its place in its event. */
const page = (after: number) => raw(`select ${COLUMNS} from outbox where seq > ${after}
  and position <= (select max(position) from (select position from outbox where seq > ${after} order by seq limit 500) first) order by seq`);
/** What an insert into the outbox answers, for `tell`. */
export const asMessages = raw(`returning ${COLUMNS}`);

/** How long what the broker has may stand in the outbox still, so that it is taken out together with what follows. */
const TIDY_MS = 150;
const AGAIN_MS = 500;
/** More than this is not kept in memory while the broker is away. */
const KEPT = 5_000;

export type Relay = {
  /** Rows that were put in the outbox just now, in order. */
  tell(messages: Message[]): void;
  stop(): Promise<void>;
  /** Messages that the broker does not have yet. */
  pending(): number;
};

/**
 * Publishes what stands in the outbox, in order, and takes it out once the broker has it: at least once, after the read model
 * has the event, since both were one transaction. Headers: `Nats-Msg-Id` (the event's id and the message's place in it, so that
 * JetStream drops repeats) and `Shotlog-Position`. What comes by `tell` need not be read again; the outbox is read at the beginning and
 * after an outage.
 */
export const startRelay = (database: Database, nats: NatsConnection, logger: Logger): Relay => {
  let stopped = false;
  let fresh: Message[] = [];
  /** Something may stand in the outbox that nobody told of. */
  let unread = true;
  let left = 0;
  let dropped = false;
  let wake: (() => void) | null = null;
  /** The newest message that was sent, and the newest that was taken out. */
  let told: Message | null = null;
  let tidied: Message | null = null;
  let tidyAt = 0;
  /** How often the connection broke: what was on its way then may be lost. */
  let breaks = 0;
  let unbroken = 0;
  let up = false;
  /** Whether the connection answered once: before that nothing says whether it stands. */
  let known = false;
  void (async () => {
    for await (const { type } of nats.status()) {
      if (type === 'disconnect') breaks += 1;
      if (type === 'disconnect' || type === 'reconnect') up = type === 'reconnect';
    }
  })();

  const publish = (messages: Message[]): void => {
    const rows = messages.filter((m) => told === null || m.seq > told.seq);
    if (rows.length === 0) return;
    if (!up) throw new Error('the broker is away');
    if (told === tidied) unbroken = breaks;
    const met = new Map<string, number>();
    for (const row of rows) {
      const nth = met.get(row.event_id) ?? 0;
      met.set(row.event_id, nth + 1);
      const head = headers();
      head.set('Nats-Msg-Id', `${row.event_id}-${row.name}-${nth}`);
      head.set('Shotlog-Position', String(row.position));
      nats.publish(row.name, JSON.stringify(row.payload), { headers: head });
    }
    told = rows.at(-1)!;
  };

  /** Takes out what the broker has for certain; where it may have missed something, all of that is told again. */
  const tidy = async (): Promise<void> => {
    const upTo = told;
    if (upTo === tidied || upTo === null) return;
    await nats.flush();
    if (breaks !== unbroken) {
      told = tidied;
      unread = true;
      return;
    }
    await database.batch([sql`delete from outbox where seq <= ${BigInt(upTo.seq)}`,
      sql`update relayed set position = ${BigInt(upTo.position)} where position is null or position < ${BigInt(upTo.position)}`]);
    tidied = upTo;
  };

  const readOutbox = async (): Promise<void> => {
    while (!stopped) {
      const rows = await database.all<Message>(page(told?.seq ?? 0));
      left = rows.length;
      if (rows.length === 0) {
        unread = false;
        return;
      }
      publish(rows);
      await tidy();
    }
  };

  const step = async (): Promise<void> => {
    if (!known) {
      const before = breaks;
      await nats.flush();
      known = true;
      up ||= breaks === before;
    }
    unread ||= dropped;
    dropped = false;
    if (unread) await readOutbox();
    const messages = fresh;
    if (messages.length > 0) {
      publish(messages);
      fresh = fresh.filter((m) => m.seq > messages.at(-1)!.seq);
    }
    if (told !== tidied && performance.now() >= tidyAt) {
      await tidy();
      tidyAt = performance.now() + TIDY_MS;
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      if (!unread && !dropped && fresh.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (told !== tidied) setTimeout(resolve, Math.max(1, tidyAt - performance.now()));
        });
        wake = null;
      }
      if (stopped) break;
      await step().catch(async (error) => {
        if (stopped) return;
        logger.warn({ err: error }, 'events wait to be published; trying again');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      });
    }
    await tidy().catch(() => {});
  };
  const ended = loop();
  return {
    tell(messages) {
      if (fresh.length + messages.length > KEPT) {
        fresh = [];
        dropped = true;
      } else fresh = fresh.concat(messages);
      wake?.();
    },
    async stop() {
      stopped = true;
      (wake as (() => void) | null)?.();
      // A flush waits for a broker that may never come back; what is unsaid stays in the outbox.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    },
    pending: () => fresh.length + (unread ? left : 0),
  };
};
