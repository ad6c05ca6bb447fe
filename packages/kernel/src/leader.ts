import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import type { Engine } from './execute.ts';
import type { Recorded } from './event.ts';
import type { Log } from './log.ts';
import type { Projection } from './projection.ts';
import { reached, startProjector, type Projected, type Projector } from './projector.ts';
import { startReactions, type Reaction, type Reactor } from './reactions.ts';
import { relayFloor } from './readmodel.ts';
import { startRelay, type Relay } from './relay.ts';

type Options = {
  service: string; database: Database; log: Log; nats: NatsConnection; logger: Logger; projections: Projection[]; fresh: boolean;
  engine: Engine; reactions: Reaction[]; owns: (type: string) => boolean; prepare: () => Promise<bigint | null>;
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

const TRY_AGAIN_MS = 1_000;

/**
 * One replica of a service projects, publishes and runs the processes (it holds the advisory lock); the others follow by
 * NOTIFY and take over when the lock falls free.
 */
export const startLeader = async (options: Options): Promise<Leader> => {
  const { service, database, logger } = options;
  const hearers: ((batch: Projected) => void)[] = [];
  const tagHearers: ((tags: string[]) => void)[] = [];
  const waiting = new Set<{ position: bigint; done: () => void }>();
  let active: { projector: Projector; relay: Relay; reactor: Reactor; unlock: () => Promise<void> } | null = null;
  let heardPosition: bigint | null = null;
  let stopped = false;

  const moved = (position: bigint) => {
    for (const wait of waiting) if (wait.position <= position) wait.done();
  };
  const position = () => active?.projector.position() ?? heardPosition;

  const lead = async (unlock: () => Promise<void>): Promise<void> => {
    const from = await options.prepare();
    const publishAfter = await relayFloor(database, options.log, options.fresh);
    const projector = startProjector({ ...options, publishAfter, live: true }, from);
    const relay = startRelay(database, options.nats, logger);
    projector.onProjected((batch) => {
      for (const hear of hearers) hear(batch);
      if (batch.events.length > 0) relay.wake();
      moved(batch.position);
    });
    const reactor = await startReactions({ ...options, projector });
    active = { projector, relay, reactor, unlock };
    const end = await options.log.end();
    while (end !== null && !stopped && !(await projector.reached(end, 2_000))) logger.info({ service, position: String(projector.position()), end: String(end) }, 'catching up');
  };

  const resign = async (): Promise<void> => {
    const old = active;
    active = null;
    if (!old) return;
    await old.reactor.stop();
    await old.projector.stop();
    await old.relay.stop();
    await old.unlock().catch(() => {});
  };

  const campaign = async (): Promise<void> => {
    if (stopped || active) return;
    const unlock = await database.lock(`projector ${service}`, () => {
      logger.warn({ service }, 'the lock of the projector was lost');
      void resign().then(() => again());
    });
    if (unlock) await lead(unlock);
  };
  const again = () => {
    if (!stopped) setTimeout(() => void campaign().catch((error) => logger.warn({ err: error }, 'not leading yet')).finally(() => { if (!active) again(); }), TRY_AGAIN_MS).unref();
  };

  const listenAgain = async (): Promise<() => Promise<void>> => database.listen(service, (payload) => {
    if (active) return;
    const [at, tags = ''] = payload.split(' ');
    heardPosition = BigInt(at!);
    if (tags) for (const hear of tagHearers) hear(tags.split(','));
    moved(heardPosition);
  }, () => { if (!stopped) setTimeout(() => void listenAgain().then((s) => { unlisten = s; }, () => {}), TRY_AGAIN_MS); });
  let unlisten = await listenAgain();
  await campaign();
  if (!active) again();

  return {
    projector: {
      position,
      reached: (wanted, timeout_ms) => reached(position, waiting, wanted, timeout_ms),
      onProjected: (hear) => void hearers.push(hear),
      failures: () => active?.projector.failures() ?? 0,
      stop: async () => {},
    },
    reactionsReached: async (wanted, timeout_ms) => (active ? active.reactor.reached(wanted, timeout_ms) : true),
    onTags: (hear) => void tagHearers.push(hear),
    leads: () => active !== null,
    outbox: () => active?.relay.pending() ?? 0,
    async stop() {
      stopped = true;
      await unlisten();
      await resign();
    },
  };
};
