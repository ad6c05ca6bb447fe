import type { Logger } from 'pino';
import { Caller } from './caller.ts';
import type { CommandDefinition } from './command.ts';
import { lockKey, type Database } from './database.ts';
import { asDomainError, DomainError } from './errors.ts';
import type { Engine, Envelope } from './execute.ts';
import { newId } from './ids.ts';
import { sql, raw, json } from './sql.ts';

const LOOK_AGAIN_MS = 5_000;
/** How often one is begun again in a process before it is left to the next start: a mistake of ours is repeated by repeating. */
const ATTEMPTS = 10;

type Open = { command_id: string; subject: string; input: unknown; actor: string | null; correlation_id: string; owner: string | null };

/** What spans streams and must be finished once it has begun: noted before it starts, by whom, and taken out when it has ended. */
export type Processes = {
  /** Runs the work of a resumable command under a note. What is only out of reach fails with 503 and is finished later, by itself. */
  noted<T>(command: CommandDefinition, input: unknown, envelope: Envelope, work: () => Promise<T>): Promise<T>;
  /**
   * Runs work that leaves something behind which no fact names yet. When it is cut off, or fails for another reason than a refusal, `command`
   * is run with `input`, by this process or another: it takes away what is not needed.
   */
  sweptBy<T>(command: CommandDefinition, input: unknown, work: () => Promise<T>): Promise<T>;
  /** Finishes, now and from time to time, what was begun by a process that is gone. Answers how to stop. */
  resume(commands: CommandDefinition[], engine: Engine): () => Promise<void>;
  close(): Promise<void>;
};

/** A refusal ends a process as well as success does. */
const isRefusal = (error: unknown): boolean => {
  const known = asDomainError(error);
  return known !== null && known.kind !== 'Unavailable' && known.kind !== 'Conflict';
};

const ownerName = (owner: string): string => `owner ${owner}`;

/** Holds a lock by which the other replicas see that this process lives, through losses of its connection. */
const showLife = async (database: Database, owner: string): Promise<() => Promise<void>> => {
  let over = false;
  let release: (() => Promise<void>) | null = null;
  const hold = async (): Promise<void> => {
    while (!over) {
      release = await database.lock(ownerName(owner), () => void hold()).catch(() => null);
      if (release) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    if (over) await release?.();
  };
  await hold();
  return async () => {
    over = true;
    await release?.();
  };
};

export const openProcesses = async (service: string, database: Database, logger: Logger): Promise<Processes> => {
  const owner = newId();
  const running = new Set<string>();
  const attempts = new Map<string, number>();
  const stopShowing = await showLife(database, owner);
  const note = (command_id: string, subject: string, input: unknown, { caller, correlation_id }: Pick<Envelope, 'caller' | 'correlation_id'>) =>
    database.batch([sql`insert into open_process (command_id, subject, input, actor, correlation_id, owner)
      values (${command_id}, ${subject}, ${json(input)}, ${caller.id}, ${correlation_id}, ${owner}) on conflict (command_id) do update set owner = excluded.owner`, raw('set local synchronous_commit = on')]);
  const finish = (command_id: string) => database.batch([sql`delete from open_process where command_id = ${command_id}`]);
  const finished = (command_id: string) => finish(command_id).catch((error) => logger.warn({ err: error, command_id }, 'what has ended is still noted'));

  const isLeft = async (open: Open): Promise<boolean> => {
    if (running.has(open.command_id) || (attempts.get(open.command_id) ?? 0) >= ATTEMPTS) return false;
    if (open.owner === null || open.owner === owner) return true;
    return (await database.one<{ gone: boolean }>(sql`select pg_try_advisory_xact_lock(${lockKey(ownerName(open.owner))}) as gone`))!.gone;
  };

  const resumeOne = async ({ command_id, subject, input, actor, correlation_id }: Open, command: CommandDefinition | undefined, engine: Engine): Promise<void> => {
    logger.info({ service, subject, command_id }, 'finishing what was cut off');
    running.add(command_id);
    attempts.set(command_id, (attempts.get(command_id) ?? 0) + 1);
    try {
      if (command && 'handle' in command) {
        // What the policy allowed at the first attempt is only finished here.
        const caller = new Caller({ id: actor, role: 'admin', isSystem: true });
        await command.handle(input, engine.context({ caller, command_id, correlation_id, causation_id: null }, { position: null }));
      }
      await finish(command_id);
    } catch (error) {
      logger.error({ err: error, subject, command_id }, 'it could not be finished');
      if (isRefusal(error)) await finish(command_id).catch(() => {});
    } finally {
      running.delete(command_id);
    }
  };

  return {
    async noted(command, input, envelope, work) {
      const { command_id } = envelope;
      running.add(command_id);
      try {
        await note(command_id, command.subject, input, envelope);
        const result = await work();
        await finished(command_id);
        return result;
      } catch (error) {
        if (isRefusal(error)) {
          await finish(command_id).catch(() => {});
          throw error;
        }
        throw new DomainError('Unavailable', 'This was begun and could not be finished now; it will be, by itself, as soon as it can.', { cause: error });
      } finally {
        running.delete(command_id);
      }
    },
    async sweptBy(command, input, work) {
      const command_id = newId();
      running.add(command_id);
      try {
        await note(command_id, command.subject, input, { caller: Caller.system, correlation_id: command_id });
        const result = await work();
        await finished(command_id);
        return result;
      } catch (error) {
        // Whoever refuses has taken away what it left.
        if (isRefusal(error)) await finished(command_id);
        throw error;
      } finally {
        running.delete(command_id);
      }
    },
    resume(commands, engine) {
      let stopped = false;
      let wake = () => {};
      const loop = async () => {
        while (!stopped) {
          try {
            for (const open of await database.all<Open>(raw('select command_id, subject, input, actor, correlation_id, owner from open_process'))) {
              if (stopped) break;
              if (await isLeft(open)) await resumeOne(open, commands.find((c) => c.subject === open.subject), engine);
            }
          } catch (error) {
            if (!stopped) logger.warn({ err: error }, 'open processes cannot be looked up');
          }
          if (!stopped) await new Promise<void>((resolve) => { wake = resolve; setTimeout(resolve, LOOK_AGAIN_MS).unref(); });
        }
      };
      const ended = loop();
      return async () => {
        stopped = true;
        wake();
        await ended;
      };
    },
    close: stopShowing,
  };
};
