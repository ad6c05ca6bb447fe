import type { Logger } from 'pino';
import { Caller } from './caller.ts';
import type { Context } from './command.ts';
import type { Database } from './database.ts';
import { asDomainError } from './errors.ts';
import type { Engine } from './execute.ts';
import type { EventDefinition, Recorded } from './event.ts';
import { derivedId } from './ids.ts';
import type { Log } from './log.ts';
import { reached, type Projector } from './projector.ts';
import { sql } from './sql.ts';

/**
 * A process: what follows from facts in other streams. Its checkpoint moves only after `handlers` are done, and each step runs
 * commands whose ids are derived from the event: a crash half way finishes later, and nothing is done twice.
 */
export type Reaction = { name: string; handlers: Map<string, (event: Recorded, context: Context) => Promise<void>> };

/** Declares a process: `reaction('automations', [when(TaskStatusSet, async (event, context) => …)])`. */
export const reaction = (name: string, lines: (readonly [EventDefinition, any])[]): Reaction =>
  ({ name, handlers: new Map(lines.map(([definition, handler]) => [definition.eventType, handler])) });

/** One line of a process. */
export const when = <D extends EventDefinition>(definition: D,
  handler: D extends EventDefinition<infer T, infer Data> ? (event: Recorded<T, Data>, context: Context) => Promise<void> : never) => [definition, handler] as const;

export type Reactor = { reached(position: bigint, timeout_ms: number): Promise<boolean>; stop(): Promise<void> };

/** How often a step is tried that fails by itself; it is reported and left then. */
const ATTEMPTS = 5;
/** How often a process notes where it stands. */
const SAVE_MS = 1_000;
/** What may be different the next moment. */
const PASSING: ReadonlySet<string> = new Set(['Unavailable', 'Conflict']);

/** Runs the processes of a service behind its read model, each from its own checkpoint. */
export const startReactions = async (options: {
  reactions: Reaction[]; database: Database; log: Log; projector: Projector; engine: Engine; logger: Logger; fresh: boolean;
}): Promise<Reactor> => {
  const reactors = await Promise.all(options.reactions.map((r) => startOne(r, options)));
  return {
    reached: async (position, timeout_ms) => (await Promise.all(reactors.map((r) => r.reached(position, timeout_ms)))).every(Boolean),
    stop: async () => { await Promise.all(reactors.map((r) => r.stop())); },
  };
};

type Options = Parameters<typeof startReactions>[0];

const startOne = async (one: Reaction, { database, log, projector, engine, logger, fresh }: Options): Promise<Reactor> => {
  const row = await database.one<{ position: number | null }>(sql`select position from reaction where name = ${one.name}`);
  let at = row ? (row.position === null ? null : BigInt(row.position)) : fresh ? null : await log.end();
  if (!row) await database.batch([sql`insert into reaction (name, position) values (${one.name}, ${at}) on conflict do nothing`]);
  let saved = at;
  let stopped = false;
  let wake: (() => void) | null = null;
  const queue: { events: Recorded[]; position: bigint }[] = [];
  const waiting = new Set<{ position: bigint; done: () => void }>();
  projector.onProjected((batch) => {
    const events = batch.events.filter((e) => one.handlers.has(e.type));
    // Nothing waits and nothing concerns us: pass by at once, since replies wait for this position.
    if (events.length === 0 && queue.length === 0 && caughtUp) return passed(batch.position);
    queue.push({ events, position: batch.position });
    wake?.();
  });
  let caughtUp = false;
  let halt!: () => void;
  const halted = new Promise<void>((resolve) => { halt = resolve; });
  const pause = (ms: number) => Promise.race([halted, new Promise((resolve) => setTimeout(resolve, ms))]);

  const passed = (position: bigint) => {
    if (at !== null && position <= at) return;
    at = position;
    for (const wait of waiting) if (wait.position <= position) wait.done();
  };
  const save = async () => {
    const position = at;
    await database.batch([sql`update reaction set position = ${position} where name = ${one.name}`]);
    saved = position;
  };

  let savedAt = 0;
  const saveNow = async () => {
    if (at === saved || Date.now() - savedAt < SAVE_MS) return;
    savedAt = Date.now();
    await save();
  };

  /** Answers false when it must be tried again: what is only out of reach now is waited for, as long as it takes. */
  const attempt = async (event: Recorded, nth: number): Promise<boolean> => {
    const envelope = { caller: Caller.system, command_id: derivedId('reaction', one.name, event.id), correlation_id: event.metadata.correlation_id,
      causation_id: event.id };
    try {
      const context = engine.context(envelope, { position: null });
      await one.handlers.get(event.type)!(event, context);
      await Promise.race([context.settled(), halted]);
      return true;
    } catch (error) {
      const passing = PASSING.has(asDomainError(error)?.kind ?? '');
      logger.error({ err: error, process: one.name, type: event.type, stream: event.stream, attempt: nth }, 'a process could not do its step');
      return !passing && nth >= ATTEMPTS;
    }
  };
  const react = async (event: Recorded): Promise<void> => {
    for (let nth = 1; !stopped && !(await attempt(event, nth)); nth++) await pause(Math.min(200 * nth, 5_000));
  };

  const catchUp = async () => {
    const until = projector.position();
    if (until === null || (at !== null && at >= until)) return;
    for await (const event of log.readAll(at)) {
      if (stopped || event.position > until) break;
      if (one.handlers.has(event.type)) await react(event);
      if (stopped) break;
      at = event.position;
    }
    if (!stopped) passed(until);
    await save();
  };

  const follow = async () => {
    while (!stopped) {
      const batch = queue[0];
      if (!batch) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, SAVE_MS).unref();
        });
        wake = null;
        if (queue.length === 0) await saveNow();
        continue;
      }
      for (const event of batch.events) if (!stopped && (at === null || event.position > at)) await react(event);
      if (stopped) break;
      queue.shift();
      passed(batch.position);
      // What is done twice after a crash changes nothing: the checkpoint may lag a little.
      if (batch.events.length > 0) await saveNow();
    }
  };
  const loop = async () => {
    while (!stopped) {
      try {
        await catchUp();
        caughtUp = true;
        await follow();
      } catch (error) {
        logger.warn({ err: error, process: one.name }, 'a process waits; trying again');
        await pause(500);
      }
    }
  };
  const ended = loop();
  return {
    reached: (position, timeout_ms) => reached(() => at, waiting, position, timeout_ms),
    async stop() {
      stopped = true;
      halt();
      wake?.();
      await ended;
      if (at !== saved) await save().catch(() => {});
    },
  };
};
