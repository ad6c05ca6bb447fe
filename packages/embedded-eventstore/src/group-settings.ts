import type { FilterExpression } from './filters.ts';
import type { Persistent } from './protocol.ts';

/** Settings of a persistent subscription group, as they are kept in the file. */
export interface GroupSettings {
  resolveLinks: boolean;
  extraStatistics: boolean;
  /** How often a message is delivered again before it is parked. */
  maxRetryCount: number;
  /** 0: messages never time out. */
  messageTimeoutMs: number;
  checkpointAfterMs: number;
  minCheckpointCount: number;
  /** Handled messages after which the checkpoint is saved at once. */
  maxCheckpointCount: number;
  /** 0: any number of consumers. */
  maxSubscriberCount: number;
  liveBufferSize: number;
  readBatchSize: number;
  historyBufferSize: number;
  strategy: Strategy;
  /** Last position (`$all`) or revision (streams) before the first event to deliver; -1 for everything. */
  startAfter: number;
  /** The start as clients show it: `0`, `-1` for the end, a revision, or `C:<commit>/P:<prepare>`. */
  startFrom: string;
  filter: FilterExpression | undefined;
}

export const STRATEGIES = ['DispatchToSingle', 'RoundRobin', 'Pinned', 'PinnedByCorrelation'] as const;
export type Strategy = (typeof STRATEGIES)[number];

type Settings = Persistent.CreateReq.Settings | Persistent.UpdateReq.Settings;

const strategyOf = (settings: Settings): Strategy => {
  const named = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  return STRATEGIES.find((name) => name === named) ?? STRATEGIES[settings.getNamedConsumerStrategy()] ?? 'RoundRobin';
};

const TICKS_PER_MS = 10_000;

/** The settings that create and update have in common; the start and the filter come beside them. */
export const parseSettings = (settings: Settings) => ({
  resolveLinks: settings.getResolveLinks(),
  extraStatistics: settings.getExtraStatistics(),
  maxRetryCount: settings.getMaxRetryCount(),
  messageTimeoutMs: settings.hasMessageTimeoutTicks() ? Number(settings.getMessageTimeoutTicks()) / TICKS_PER_MS
    : settings.getMessageTimeoutMs(),
  checkpointAfterMs: settings.hasCheckpointAfterTicks() ? Number(settings.getCheckpointAfterTicks()) / TICKS_PER_MS
    : settings.getCheckpointAfterMs(),
  minCheckpointCount: settings.getMinCheckpointCount(),
  maxCheckpointCount: settings.getMaxCheckpointCount(),
  maxSubscriberCount: settings.getMaxSubscriberCount(),
  liveBufferSize: settings.getLiveBufferSize(),
  readBatchSize: Math.max(1, settings.getReadBatchSize()),
  historyBufferSize: Math.max(1, settings.getHistoryBufferSize()),
  strategy: strategyOf(settings),
}) satisfies Partial<GroupSettings>;
