import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import type { Engine } from './execute.ts';
import type { Recorded } from './event.ts';
import type { Log } from './log.ts';
import type { Projection } from './projection.ts';
import { reached, startProjector, type Projected, type Projector } from './projector.ts';
import { startReactions, type Reaction, type Reactor } from './reactions.ts';
import { modelPosition } from './readmodel.ts';
import { startRelay, type Relay } from './relay.ts';
import { raw } from './sql.ts';

type Options = {
  service: string; database: Database; log: Log; nats: NatsConnection; logger: Logger; projections: Projection[]; fresh: boolean;
  engine: Engine; reactions: Reaction[]; owns: (type: string) => boolean;
  /** Brings the read model into the wanted shape. `publishAfter`: messages up to there are in the outbox or told already. */
  prepare: () => Promise<{ position: bigint | null; publishAfter: bigint | null }>;
  /** Begins what only the leader does beside projecting; answers how to end it. */
  leading?: () => () => Promise<void>;
  /** Done in each term, once the read model has what the log had at its beginning. */
  caughtUp?: () => Promise<void>;
  reveal?: (event: Recorded) => Promise<Recorded>;
};

export type Leader = {
  projector: Projector;
  reactionsReached(position: bigint, timeout_ms: number): Promise<boolean>;
  /** Told what another replica has projected: ids of productions, '*' for anything. */
  onTags(hear: (tags: string[]) => void): void;
  leads(): boolean;
  outbox(): number;
  stop(): Promise<void>;
};

/** From winning the lock until it is given back or lost. */
type Term = { over: boolean; failedBefore: number; projector?: Projector; relay?: Relay; reactor?: Reactor; ends: (() => Promise<void>)[]; unlock?: () => Promise<void> };

const TRY_AGAIN_MS = 500;
const MODEL_WAIT_MS = 60_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One replica of a service projects, publishes and runs the processes (it holds the advisory lock); the others follow by
 * NOTIFY and take over when the lock falls free. Whatever breaks, the lock, the server, the log, begins a new term from the checkpoint.
 */
export const startLeader = async (options: Options): Promise<Leader> => {
  const { service, database, logger } = options;
  const hearers: ((batch: Projected) => void)[] = [];
  const tagHearers: ((tags: string[]) => void)[] = [];
  const waiting = new Set<{ position: bigint; done: () => void }>();
  let term: Term | null = null;
  let heard: bigint | null = null;
  let stopped = false;
  let unlisten: () => Promise<void> = async () => {};

  const moved = (position: bigint) => {
    for (const wait of waiting) if (wait.position <= position) wait.done();
  };
  const awaited = (): bigint | null => {
    let nearest: bigint | null = null;
    for (const { position: wanted } of waiting) if (nearest === null || wanted < nearest) nearest = wanted;
    return nearest;
  };
  const position = () => (term?.projector ? term.projector.position() : heard);
  /** Other replicas may have projected what nobody told us of. */
  const anything = () => { for (const hear of tagHearers) hear(['*']); };

  const lead = async (mine: Term): Promise<void> => {
    const { position: from, publishAfter } = await options.prepare();
    if (mine.over) throw new Error('the lock was lost before the read model was ready');
    const failed = await database.one<{ n: number }>(raw('select count(*) as n from failed_event'));
    mine.failedBefore = failed?.n ?? 0;
    const projector = startProjector({ ...options, publishAfter, live: true, awaited, displaced: () => void end(mine) }, from);
    mine.ends.push(() => projector.stop());
    const relay = startRelay(database, options.nats, logger);
    mine.ends.push(() => relay.stop());
    projector.onProjected((batch) => {
      for (const hear of hearers) hear(batch);
      if (batch.messages.length > 0) relay.tell(batch.messages);
      moved(batch.position);
    });
    const reactor = await startReactions({ ...options, projector });
    mine.ends.unshift(() => reactor.stop());
    Object.assign(mine, { projector, relay, reactor });
    anything();
    if (from !== null) moved(from);
    const newest = await options.log.end();
    while (newest !== null && !mine.over && !(await projector.reached(newest, 2_000))) logger.info({ service, position: String(projector.position()), end: String(newest) }, 'catching up');
    if (mine.over) return;
    await options.caughtUp?.();
    if (options.leading && !mine.over) mine.ends.unshift(options.leading());
  };

  /** Ends a term and, unless everything ends, tries for the next. */
  const end = async (old: Term): Promise<void> => {
    if (old.over) return;
    old.over = true;
    heard = null;
    if (term === old) term = null;
    await endParts(old);
    again();
  };
  const endParts = async ({ ends, unlock }: Term): Promise<void> => {
    for (let stop = ends.shift(); stop; stop = ends.shift()) await stop().catch((error) => logger.warn({ err: error }, 'a part of the leader did not end in order'));
    await unlock?.();
  };

  const campaign = async (): Promise<void> => {
    if (stopped || term) return;
    const mine: Term = { over: false, failedBefore: 0, ends: [] };
    const unlock = await database.lock(`projector ${service}`, () => {
      logger.warn({ service }, 'the lock of the projector was lost');
      void end(mine);
    });
    if (!unlock) return;
    mine.unlock = unlock;
    term = mine;
    try {
      await lead(mine);
    } catch (error) {
      await end(mine);
      throw error;
    } finally {
      // It may have ended while its parts were still being started.
      if (mine.over) await endParts(mine);
    }
  };
  let trying: NodeJS.Timeout | null = null;
  const again = () => {
    if (stopped || trying) return;
    trying = setTimeout(() => {
      trying = null;
      void campaign().catch((error) => logger.warn({ err: error }, 'not leading yet')).finally(() => { if (!term) again(); });
    }, TRY_AGAIN_MS);
    trying.unref();
  };

  const hearNotice = (payload: string): void => {
    if (term) return;
    const [at, tags = ''] = payload.split(' ');
    heard = BigInt(at!);
    if (tags) for (const hear of tagHearers) hear(tags.split(','));
    moved(heard);
  };
  /** Where a replica that follows stands, without having been told. */
  const look = async (): Promise<void> => {
    const found = await modelPosition(database).catch(() => null);
    if (!term && found !== null && (heard === null || found > heard)) hearNotice(`${found} *`);
  };
  const listen = async (): Promise<void> => {
    if (stopped) return;
    const end = await database.listen(service, hearNotice, () => void listenAgain());
    unlisten = end;
    if (stopped) return end();
    // What was told while nobody listened.
    anything();
    await look();
  };
  const listenAgain = async (): Promise<void> => {
    while (!stopped) {
      await pause(TRY_AGAIN_MS);
      if (await listen().then(() => true, () => false)) return;
    }
  };

  await listen();
  await campaign();
  if (!term) {
    again();
    await someModel(database, () => term !== null);
    await look();
  }

  return {
    projector: {
      position,
      reached: (wanted, timeout_ms) => {
        const answer = reached(position, waiting, wanted, timeout_ms);
        term?.projector?.hurry();
        return answer;
      },
      hurry: () => term?.projector?.hurry(),
      onProjected: (hear) => void hearers.push(hear),
      failures: () => (term?.failedBefore ?? 0) + (term?.projector?.failures() ?? 0),
      stop: async () => {},
    },
    reactionsReached: async (wanted, timeout_ms) => (term?.reactor ? term.reactor.reached(wanted, timeout_ms) : true),
    onTags: (hear) => void tagHearers.push(hear),
    leads: () => term?.projector !== undefined,
    outbox: () => term?.relay?.pending() ?? 0,
    async stop() {
      stopped = true;
      if (trying) clearTimeout(trying);
      await unlisten();
      if (term) await end(term);
    },
  };
};

/** A replica that follows needs some read model to answer from: the one that leads may just be making the first. */
const someModel = async (database: Database, leading: () => boolean): Promise<void> => {
  for (const until = Date.now() + MODEL_WAIT_MS; Date.now() < until && !leading(); await pause(100)) {
    if (await modelPosition(database).then(() => true, () => false)) return;
  }
};
