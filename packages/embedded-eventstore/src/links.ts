import type { StoredEvent } from './events.ts';
import type { Store } from './store.ts';

/** Type of events that stand for another one. */
export const LINK_TYPE = '$>';

/** An event as it is delivered: a followed link comes along with what it points to. */
export interface Resolved {
  event: StoredEvent;
  link?: StoredEvent;
}

/** Follows a link event (`$>`, data `revision@stream`) when asked to; a link that leads nowhere is delivered itself. */
export const resolve = (store: Store, event: StoredEvent, follow: boolean): Resolved => {
  if (!follow || event.type !== LINK_TYPE) return { event };
  const [, revision, stream] = /^(\d{1,15})@(.+)$/s.exec(Buffer.from(event.data).toString('utf8')) ?? [];
  const row = stream ? store.stream(stream).row : 0;
  const [target] = row ? store.streamForwards(row, Number(revision), 1) : [];
  return target?.revision === Number(revision) ? { event: target, link: event } : { event };
};
