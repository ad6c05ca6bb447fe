import { createHmac } from 'node:crypto';
import type { Database } from './database.ts';
import { DomainError } from './errors.ts';
import type { Envelope, Executed } from './execute.ts';
import { json, raw, sql } from './sql.ts';

/** How long a key is remembered at least. */
const DAYS = 7;

/** What an earlier attempt with the same key had decided on when it was cut off between the log and its reply. */
export type Attempt = { stream: string; decided: unknown };

/**
 * Replies to commands with an Idempotency-Key. A repeat gets the very same reply, at the same time, later or after a restart;
 * another request under a key that was used is refused with 422. A refused command is not remembered: nothing has happened.
 */
export type Receipts = {
  once(envelope: Envelope, request: unknown, work: (envelope: Envelope) => Promise<Executed>): Promise<Executed>;
  /** Takes out what is older than a week. */
  tidy(): Promise<void>;
};

type Row = { request: string; stream: string | null; decided: unknown; reply: { answer: unknown; position: string | null } | null };

const otherRequest = () => new DomainError('Invalid', 'This Idempotency-Key was used with another request. Take a new key for a new request.', { status: 422 });

/** A copy as JSON keeps it; null for what it cannot keep. */
const asJson = (value: unknown): string | null => {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
};

export const openReceipts = (database: Database, secret: string): Receipts => {
  // Keyed: what stands in a table must not help to guess what was in a request.
  const digest = (request: unknown): string => createHmac('sha256', secret).update(JSON.stringify(request) ?? '').digest('base64url');
  const running = new Map<string, { request: string; result: Promise<Executed> }>();

  const remember = async (command_id: string, request: string, { answer, position }: Executed): Promise<Executed> => {
    // The first reply counts: another replica may have run the same command at the same time.
    const row = await database.one<Row>(sql`insert into keyed_command (command_id, request, reply) values (${command_id}, ${request}, ${json({ answer: answer ?? null, position: position?.toString() ?? null })})
      on conflict (command_id) do update set reply = coalesce(keyed_command.reply, excluded.reply), decided = null returning reply`);
    return kept(row!.reply!);
  };
  const kept = (reply: NonNullable<Row['reply']>): Executed => ({ answer: reply.answer, position: reply.position === null ? null : BigInt(reply.position) });

  const first = async (envelope: Envelope, request: string, work: (envelope: Envelope) => Promise<Executed>): Promise<Executed> => {
    const { command_id } = envelope;
    const found = await database.one<Row>(sql`select request, stream, decided, reply from keyed_command where command_id = ${command_id}`);
    if (found && found.request !== request) throw otherRequest();
    if (found?.reply) return kept(found.reply);
    const deciding = async (stream: string, decided: unknown): Promise<void> => {
      await database.batch([sql`insert into keyed_command (command_id, request, stream, decided) values (${command_id}, ${request}, ${stream}, ${asJson(decided)}::jsonb)
        on conflict (command_id) do update set stream = excluded.stream, decided = excluded.decided where keyed_command.reply is null`]);
    };
    const attempt = found?.stream && found.decided !== null ? { stream: found.stream, decided: found.decided } : null;
    return remember(command_id, request, await work({ ...envelope, deciding, attempt }));
  };

  return {
    async once(envelope, given, work) {
      const request = digest(given);
      const same = running.get(envelope.command_id);
      if (same) {
        if (same.request !== request) throw otherRequest();
        return same.result;
      }
      const result = first(envelope, request, work);
      running.set(envelope.command_id, { request, result });
      return result.finally(() => running.delete(envelope.command_id));
    },
    tidy: () => database.batch([raw(`delete from keyed_command where at < now() - interval '${DAYS} days'`)]),
  };
};
