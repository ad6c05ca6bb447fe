import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { isOutage } from './errors.ts';
import { catalogue, type Recorded } from './event.ts';
import type { Log } from './log.ts';
import { publication, type Projection } from './projection.ts';
import { asMessages, type Message } from './relay.ts';
import { gathered, sql, type Statement } from './sql.ts';

const BATCH = 400;
const QUEUE = 4_000;
/** How long a position may stand in memory only, where events changed nothing here. */
const IDLE_CHECKPOINT_MS = 250;
/** How long what nobody waits for may stand in the queue, so that it shares a transaction with what follows. */
const GATHER_MS = 100;
const AGAIN_MS = 300;
/** The SQLSTATE that `expect_checkpoint` raises. */
export const DISPLACED = 'SL001';

/** A committed batch, with the messages that it put in the outbox. */
export type Projected = { position: bigint; events: Recorded[]; messages: Message[] };

export type Projector = {
  /** Where the read model stands; null before the first event. */
  position(): bigint | null;
  /** Resolves once the read model holds the position; false when that takes longer than `timeout_ms`. */
  reached(position: bigint, timeout_ms: number): Promise<boolean>;
  /** Told after each committed batch, in this or (with no events) in another replica. */
  onProjected(hear: (batch: Projected) => void): void;
  /** Events that could not be projected since this projector began. */
  failures(): number;
  /** Somebody waits now who did not before. */
  hurry(): void;
  stop(): Promise<void>;
};

type Options = {
  service: string; database: Database; log: Log; projections: Projection[]; logger: Logger;
  /** Events up to here were told before: nothing of them is put in the outbox again. */
  publishAfter: bigint | null;
  /** False while rebuilding beside a live read model. */
  live: boolean;
  /** The nearest position that somebody waits for; null when nobody does. Without it every event is taken at once. */
  awaited?: () => bigint | null;
  /** Event types that are published by this service: those it declares. */
  owns: (type: string) => boolean;
  /** Opens what travels sealed in the log (personal data), before the projections see the event. */
  reveal?: (event: Recorded) => Promise<Recorded>;
  /**
   * Told once when the checkpoint is not where this projector left it: another one projects, the server lost its last transactions in a crash,
   * or a commit succeeded whose answer was lost. This one has ended then; a new one goes on from the checkpoint.
   */
  displaced: () => void;
};

const isMessage = (s: Statement): boolean => s.text.startsWith('insert into outbox');

/** All statements of one event: the rows of every projection, then its messages. */
const statementsOf = (event: Recorded, { projections, publishAfter, owns }: Options): Statement[] => {
  const statements: Statement[] = [];
  for (const { handlers } of projections) {
    const made = handlers.get(event.type)?.(event);
    if (made) statements.push(...(Array.isArray(made) ? made : [made]));
  }
  const told = (publishAfter === null || event.position > publishAfter) && !event.metadata.silent;
  if (!told) return statements.filter((s) => !isMessage(s));
  const messages = owns(event.type) ? catalogue.get(event.type)?.publish?.(event) ?? [] : [];
  if (messages.length > 0) statements.push(publication(event, ...messages));
  return statements.map((s) => (isMessage(s) ? sql`${s} ${asMessages}` : s));
};

/** Which productions a batch touched, for the caches of the other replicas; '*' when it was anything. */
const tagsOf = (events: Recorded[]): string => {
  const tags = new Set(events.map((e) => e.metadata.project_id ?? '*'));
  return tags.size > 20 ? '*' : [...tags].join(',');
};

/** Projects events into rows: a batch and its checkpoint are one transaction, so every event counts exactly once. */
export const startProjector = (options: Options, from: bigint | null): Projector => {
  const { database, log, logger } = options;
  let at = from;
  let saved = from;
  let failed = 0;
  let stopped = false;
  let queue: { event: Recorded | null; position: bigint }[] = [];
  let wake: (() => void) | null = null;
  let unsubscribe: (() => Promise<void>) | null = null;
  const hearers: ((batch: Projected) => void)[] = [];
  const waiting = new Set<{ position: bigint; done: () => void }>();

  let messages: Message[] = [];
  const moved = (position: bigint, events: Recorded[]) => {
    at = position;
    const batch = { position, events, messages };
    messages = [];
    for (const hear of hearers) hear(batch);
    for (const wait of waiting) if (wait.position <= position) wait.done();
  };

  const commit = async (events: Recorded[], position: bigint): Promise<void> => {
    const opened = options.reveal ? await Promise.all(events.map(options.reveal)) : events;
    const statements = gathered(opened.flatMap((event) => statementsOf(event, options)));
    if (statements.length === 0 && position - (saved ?? 0n) < 5_000n) return;
    await transact(statements, position, tagsOf(events));
  };

  /** One transaction, which fails unless the checkpoint is where we left it. */
  const transact = async (statements: Statement[], position: bigint, tags: string): Promise<void> => {
    const rows = await database.rows([sql`select move_checkpoint(${saved}, ${position}, ${options.live ? options.service : null}, ${`${position} ${tags}`})`, ...statements]);
    saved = position;
    for (const row of rows) if ('payload' in row) messages.push(row as Message);
  };

  /** One bad event must not stop a studio: it is set aside in `failed_event`, counted and reported, and the next one is taken. */
  const commitOneByOne = async (events: Recorded[]): Promise<void> => {
    for (const event of events) {
      await commit([event], event.position).catch(async (error) => {
        if (!isFault(error)) throw error;
        failed += 1;
        logger.error({ err: error, stream: event.stream, revision: event.revision, type: event.type }, 'an event could not be projected');
        await transact([sql`insert into failed_event (id, type, reason) values (${event.id}, ${event.type}, ${String(error.message)}) on conflict do nothing`], event.position, '*');
      });
    }
  };

  /** Somebody waits for what stands in the queue: it is taken now. Otherwise what comes in the next moment is taken along. */
  const gather = async (): Promise<void> => {
    if (!options.awaited) return;
    const until = performance.now() + GATHER_MS;
    while (!stopped && queue.length < BATCH && performance.now() < until) {
      const awaited = options.awaited();
      if (awaited !== null && queue.at(-1)!.position >= awaited) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, until - performance.now()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      if (queue.length === 0) {
        const idle = await new Promise<boolean>((resolve) => {
          wake = () => resolve(false);
          if (at !== saved) setTimeout(() => resolve(true), IDLE_CHECKPOINT_MS).unref();
        });
        wake = null;
        if (idle && at !== null && queue.length === 0) {
          await transact([], at, '').catch(async (error) => {
            if (isDisplaced(error)) return displaced();
            logger.warn({ err: error }, 'the checkpoint was not saved');
            await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
          });
        }
        continue;
      }
      await gather();
      const batch = queue.slice(0, BATCH);
      // An outage may have come between two events that were taken one by one.
      const events = batch.flatMap(({ event }) => (event && (saved === null || event.position > saved) ? [event] : []));
      const position = batch.at(-1)!.position;
      try {
        await commit(events, position).catch(async (error) => {
          if (!isFault(error)) throw error;
          // Told apart from a schema that was just replaced: that one's checkpoint says so.
          await database.batch([sql`select expect_checkpoint(${saved})`]);
          return commitOneByOne(events);
        });
        queue = queue.slice(batch.length);
        moved(position, events);
      } catch (error) {
        if (isDisplaced(error)) return displaced();
        logger.error({ err: error }, 'the read model cannot be written; trying again');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  };

  const displaced = (): void => {
    if (stopped) return;
    stopped = true;
    logger.warn({ service: options.service, expected: String(saved) }, 'the checkpoint was moved by another');
    options.displaced();
  };

  const push = (event: Recorded | null, position: bigint) => {
    queue.push({ event, position });
    wake?.();
  };
  const follow = (after: bigint | null): void => {
    if (stopped) return;
    let over = false;
    const stop = log.subscribe(after, (event) => push(event, event.position), (position) => push(null, position), (error) => {
      if (over || stopped) return;
      over = true;
      logger.warn({ err: error }, 'the subscription to the log broke; subscribing again');
      setTimeout(() => follow(queue.at(-1)?.position ?? at), AGAIN_MS);
    }, () => queue.length > QUEUE);
    unsubscribe = stop;
  };
  follow(from);
  const ended = loop();

  return {
    position: () => at,
    reached: (position, timeout_ms) => reached(() => at, waiting, position, timeout_ms),
    onProjected: (hear) => void hearers.push(hear),
    failures: () => failed,
    hurry: () => wake?.(),
    async stop() {
      stopped = true;
      (wake as (() => void) | null)?.();
      await unsubscribe?.().catch(() => {});
      await ended;
      if (at !== null && at !== saved) await transact([], at, '').catch(() => {});
    },
  };
};

const isDisplaced = (error: any): boolean => error?.code === DISPLACED;

/** Neither displaced nor an outage: an event, its projection or its statements are at fault. */
const isFault = (error: unknown): boolean => !isDisplaced(error) && !isOutage(error);

/** Waits for a position that somebody else moves. */
export const reached = (
  at: () => bigint | null, waiting: Set<{ position: bigint; done: () => void }>, position: bigint, timeout_ms: number,
): Promise<boolean> | Promise<true> => {
  const now = at();
  if (now !== null && now >= position) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (answer: boolean) => {
      clearTimeout(timer);
      waiting.delete(wait);
      resolve(answer);
    };
    const wait = { position, done: () => end(true) };
    const timer = setTimeout(() => end(false), timeout_ms);
    waiting.add(wait);
  });
};

