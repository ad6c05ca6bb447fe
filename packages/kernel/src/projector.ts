import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { catalogue, type Recorded } from './event.ts';
import type { Log } from './log.ts';
import { publication, type Projection } from './projection.ts';
import { sql, type Statement } from './sql.ts';

const BATCH = 400;
const QUEUE = 4_000;
/** How long a position may stand in memory only, where events changed nothing here. */
const IDLE_CHECKPOINT_MS = 100;

export type Projected = { position: bigint; events: Recorded[] };

export type Projector = {
  /** Where the read model stands; null before the first event. */
  position(): bigint | null;
  /** Resolves once the read model holds the position; false when that takes longer than `timeout_ms`. */
  reached(position: bigint, timeout_ms: number): Promise<boolean>;
  /** Told after each committed batch, in this or (with no events) in another replica. */
  onProjected(hear: (batch: Projected) => void): void;
  /** Events that could not be projected since the start. */
  failures(): number;
  stop(): Promise<void>;
};

type Options = {
  service: string; database: Database; log: Log; projections: Projection[]; logger: Logger;
  /** Events up to here were told before: nothing of them is put in the outbox again. */
  publishAfter: bigint | null;
  /** False while rebuilding beside a live read model. */
  live: boolean;
  /** Event types that are published by this service: those it declares. */
  owns: (type: string) => boolean;
  /** Opens what travels sealed in the log (personal data), before the projections see the event. */
  reveal?: (event: Recorded) => Promise<Recorded>;
};

/** All statements of one event: the rows of every projection, then its messages. */
const statementsOf = (event: Recorded, { projections, publishAfter, owns }: Options): Statement[] => {
  const statements: Statement[] = [];
  for (const { handlers } of projections) {
    const made = handlers.get(event.type)?.(event);
    if (made) statements.push(...(Array.isArray(made) ? made : [made]));
  }
  const told = (publishAfter === null || event.position > publishAfter) && !event.metadata.silent;
  if (!told) return statements.filter((s) => !s.text.startsWith('insert into outbox'));
  if (owns(event.type)) {
    for (const message of catalogue.get(event.type)?.publish?.(event) ?? []) statements.push(publication(event, message));
  }
  return statements;
};

const checkpoint = (options: Options, position: bigint, lastTag: string): Statement[] => [
  sql`update checkpoint set position = ${position} where position is null or position < ${position}`,
  ...(options.live ? [sql`select pg_notify(${options.service}, ${`${position} ${lastTag}`})`] : []),
];

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

  const moved = (position: bigint, events: Recorded[]) => {
    at = position;
    for (const hear of hearers) hear({ position, events });
    for (const wait of waiting) if (wait.position <= position) wait.done();
  };

  const commit = async (events: Recorded[], position: bigint): Promise<void> => {
    const opened = options.reveal ? await Promise.all(events.map(options.reveal)) : events;
    const statements = opened.flatMap((event) => statementsOf(event, options));
    if (statements.length === 0 && position - (saved ?? 0n) < 5_000n) return;
    await database.batch([...statements, ...checkpoint(options, position, tagsOf(events))]);
    saved = position;
  };

  /** One bad event must not stop a studio: it is set aside in `failed_event`, counted and reported, and the next one is taken. */
  const commitOneByOne = async (events: Recorded[]): Promise<void> => {
    for (const event of events) {
      await commit([event], event.position).catch(async (error) => {
        if (!isStatementError(error)) throw error;
        failed += 1;
        logger.error({ err: error, stream: event.stream, revision: event.revision, type: event.type }, 'an event could not be projected');
        await database.batch([sql`insert into failed_event (id, type, reason) values (${event.id}, ${event.type}, ${String(error.message)}) on conflict do nothing`,
          ...checkpoint(options, event.position, '*')]);
        saved = event.position;
      });
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
          await database.batch(checkpoint(options, at, '')).then(() => { saved = at; }, (error) => logger.warn({ err: error }, 'the checkpoint was not saved'));
        }
        continue;
      }
      const batch = queue.slice(0, BATCH);
      const events = batch.flatMap((b) => (b.event ? [b.event] : []));
      const position = batch.at(-1)!.position;
      try {
        await commit(events, position).catch((error) => {
          if (!isStatementError(error)) throw error;
          return commitOneByOne(events);
        });
        queue = queue.slice(batch.length);
        moved(position, events);
      } catch (error) {
        logger.error({ err: error }, 'the read model cannot be written; trying again');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
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
      setTimeout(() => follow(queue.at(-1)?.position ?? at), 500);
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
    async stop() {
      stopped = true;
      (wake as (() => void) | null)?.();
      await unsubscribe?.().catch(() => {});
      await ended;
      if (at !== null && at !== saved) await database.batch(checkpoint(options, at, '')).catch(() => {});
    },
  };
};

/** SQLSTATE class 08 and 57 are the connection's and the server's troubles; all others are the statement's. */
const isStatementError = (error: any): boolean => {
  const code = error?.code ?? error?.cause?.code;
  return error instanceof TypeError || (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57|53|58)/.test(code));
};

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

