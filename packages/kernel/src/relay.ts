import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { raw, sql } from './sql.ts';

/** Some 500 messages, the last event's all among them: a message is known by its place in its event. */
const PAGE = `select seq, position, name, payload, event_id from outbox
  where position <= (select max(position) from (select position from outbox order by seq limit 500) first) order by seq`;

export type Relay = { wake(): void; stop(): Promise<void>; pending(): number };

/**
 * Publishes what stands in the outbox, in order, and takes it out once the broker has it: at least once, after the read model
 * has the event, since both were one transaction. Headers: `Nats-Msg-Id` (the event's id and the message's place in it, so that
 * JetStream drops repeats) and `Shotlog-Position`.
 */
export const startRelay = (database: Database, nats: NatsConnection, logger: Logger): Relay => {
  let stopped = false;
  let due = true;
  let left = 0;
  let wake: (() => void) | null = null;

  const drain = async (): Promise<void> => {
    for (;;) {
      const rows = await database.all<{ seq: number; position: number; name: string; payload: object; event_id: string }>(
        raw(PAGE));
      left = rows.length;
      if (rows.length === 0 || stopped) return;
      const met = new Map<string, number>();
      for (const row of rows) {
        const nth = met.get(row.event_id) ?? 0;
        met.set(row.event_id, nth + 1);
        const head = headers();
        head.set('Nats-Msg-Id', `${row.event_id}-${row.name}-${nth}`);
        head.set('Shotlog-Position', String(row.position));
        nats.publish(row.name, JSON.stringify(row.payload), { headers: head });
      }
      await nats.flush();
      const last = rows.at(-1)!;
      await database.batch([sql`delete from outbox where seq <= ${BigInt(last.seq)}`,
        sql`update relayed set position = ${BigInt(last.position)} where position is null or position < ${BigInt(last.position)}`]);
      left = 0;
      if (rows.length < 500) return;
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      if (!due) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 5_000).unref();
        });
        wake = null;
      }
      due = false;
      await drain().catch(async (error) => {
        if (stopped) return;
        logger.warn({ err: error }, 'events wait to be published; trying again');
        due = true;
        await new Promise((resolve) => setTimeout(resolve, 500));
      });
    }
  };
  const ended = loop();
  return {
    wake() {
      due = true;
      wake?.();
    },
    async stop() {
      stopped = true;
      wake?.();
      // A flush waits for a broker that may never come back; what is unsaid stays in the outbox.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    },
    pending: () => left,
  };
};
