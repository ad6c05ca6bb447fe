import type { Group } from './group.ts';
import { ALL, type Groups } from './groups.ts';
import { persistent } from './protocol.ts';

/** A place as clients read it: `C:<commit>/P:<prepare>` on `$all`, the revision on a stream, nothing before the first. */
export const placeText = (stream: string, at: number) => {
  if (at < 0 || (stream === ALL && at === 0)) return '';
  return stream === ALL ? `C:${at}/P:${at}` : String(at);
};

const connections = (group: Group) => group.consumers.list.map((consumer) => new persistent.SubscriptionInfo.ConnectionInfo()
  .setFrom(consumer.from).setUsername(consumer.username).setTotalItems(String(consumer.total))
  .setAvailableSlots(consumer.slots - consumer.inFlight).setInFlightMessages(consumer.inFlight)
  .setCountSinceLastMeasurement('0').setConnectionName(''));

/** What `getInfo` and `list` tell of a group. Rates are not measured and stay 0. */
export const subscriptionInfo = (groups: Groups, stream: string, name: string) => {
  const group = groups.get(stream, name);
  const { settings, counts } = group;
  return new persistent.SubscriptionInfo()
    .setEventSource(stream).setGroupName(name).setStatus('Live').setConnectionsList(connections(group))
    .setTotalItems(String(counts.total)).setCountSinceLastMeasurement('0')
    .setLastCheckpointedEventPosition(placeText(stream, group.checkpoint))
    .setLastKnownEventPosition(placeText(stream, counts.lastKnown))
    .setStartFrom(settings.startFrom).setResolveLinkTos(settings.resolveLinks)
    .setMessageTimeoutMilliseconds(settings.messageTimeoutMs).setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetryCount).setLiveBufferSize(settings.liveBufferSize)
    .setBufferSize(settings.historyBufferSize).setReadBatchSize(settings.readBatchSize)
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs).setMinCheckPointCount(settings.minCheckpointCount)
    .setMaxCheckPointCount(settings.maxCheckpointCount).setReadBufferCount(counts.buffered).setLiveBufferCount('0')
    .setRetryBufferCount(counts.retrying).setTotalInFlightMessages(counts.outstanding)
    .setOutstandingMessagesCount(counts.outstanding).setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxSubscriberCount).setParkedMessageCount(String(groups.parkedCount(stream, name)));
};
