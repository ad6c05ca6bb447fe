import { status } from '@grpc/grpc-js';
import { filterOf } from './filters.ts';
import { Group } from './group.ts';
import type { GroupSettings } from './group-settings.ts';
import { Parked } from './parked.ts';
import { inHeader, refusal } from './refusals.ts';
import { sourceOf } from './source.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

/** The name under which groups on the whole log are kept. */
export const ALL = '$all';

const named = (exception: string, stream: string, group: string) =>
  ({ exception, 'stream-name': inHeader(stream), 'group-name': inHeader(group) });

export const noSuchGroup = (stream: string, group: string) => refusal(status.NOT_FOUND,
  `Subscription group ${group} on stream ${stream} does not exist.`, named('persistent-subscription-does-not-exist', stream, group));

const groupExists = (stream: string, group: string) => refusal(status.ALREADY_EXISTS,
  `Subscription group ${group} on stream ${stream} exists.`, named('persistent-subscription-exists', stream, group));

/** Told to consumers whose group was deleted, changed or restarted. */
export const dropped = (stream: string, group: string) => refusal(status.CANCELLED,
  `Subscription group ${group} on stream ${stream} was dropped.`, named('persistent-subscription-dropped', stream, group));

export const tooManyConsumers = (stream: string, group: string) => refusal(status.FAILED_PRECONDITION,
  `Maximum subscriptions reached for subscription group ${group} on stream ${stream}.`,
  named('maximum-subscribers-reached', stream, group));

interface Named {
  stream: string;
  name: string;
  group: Group;
}

/** All persistent subscription groups: kept in the file with their checkpoints, running in memory. */
export class Groups {
  readonly #store: Store;
  readonly #parked: Parked;
  #groups = new Map<string, Named>();

  constructor(store: Store, writer: Writer) {
    this.#store = store;
    this.#parked = new Parked(store, writer);
    this.#load();
    writer.committed.on('committed', () => {
      for (const { group } of this.#groups.values()) if (group.consumers.size) group.pump();
    });
  }

  #load() {
    for (const { stream, name, settings, checkpoint } of this.#store.subscriptions())
      this.#run(stream, name, JSON.parse(settings) as GroupSettings, checkpoint);
  }

  #run(stream: string, name: string, settings: GroupSettings, checkpoint: number) {
    const group = new Group(settings, checkpoint, {
      store: this.#store,
      source: sourceOf(this.#store, stream === ALL ? undefined : stream),
      filter: settings.filter && filterOf(settings.filter),
      saveCheckpoint: (at) => this.#store.saveCheckpoint(stream, name, at),
      park: (message, reason) => this.#parked.add(stream, name, message, reason),
    });
    this.#groups.set(JSON.stringify([stream, name]), { stream, name, group });
  }

  #find(stream: string, name: string) {
    return this.#groups.get(JSON.stringify([stream, name]))?.group;
  }

  /** @throws a NOT_FOUND refusal. */
  get(stream: string, name: string) {
    const group = this.#find(stream, name);
    if (!group) throw noSuchGroup(stream, name);
    return group;
  }

  /** All groups, or those on one stream. */
  list(stream?: string) {
    return [...this.#groups.values()].filter((named) => stream === undefined || named.stream === stream);
  }

  /** @throws an ALREADY_EXISTS refusal. */
  create(stream: string, name: string, settings: GroupSettings) {
    if (this.#find(stream, name)) throw groupExists(stream, name);
    this.#store.saveSubscription(stream, name, JSON.stringify(settings), settings.startAfter);
    this.#run(stream, name, settings, settings.startAfter);
  }

  /** Ends the connected consumers, who come back under the new settings; the checkpoint stays. */
  update(stream: string, name: string, settings: GroupSettings) {
    const group = this.get(stream, name);
    group.dropAll(dropped(stream, name));
    group.end();
    const merged = { ...settings, filter: group.settings.filter };
    this.#store.saveSubscription(stream, name, JSON.stringify(merged), group.checkpoint);
    this.#run(stream, name, merged, group.checkpoint);
  }

  /** Forgets the group, its checkpoint and its parked messages. */
  async delete(stream: string, name: string) {
    const group = this.get(stream, name);
    this.#store.deleteSubscription(stream, name);
    this.#groups.delete(JSON.stringify([stream, name]));
    group.end();
    group.dropAll(dropped(stream, name));
    await this.#parked.forget(stream, name);
  }

  /** Ends all consumers and starts every group anew from what is in the file. */
  restart() {
    for (const { stream, name, group } of this.#groups.values()) {
      group.dropAll(dropped(stream, name));
      group.end();
    }
    this.#groups.clear();
    this.#load();
  }

  /** Saves every checkpoint; nothing is delivered afterwards. */
  stop() {
    for (const { group } of this.#groups.values()) group.end();
  }

  parkedCount(stream: string, name: string) {
    return this.#parked.count(stream, name);
  }

  /** Delivers up to `limit` of the parked messages again, oldest first. */
  replay(stream: string, name: string, limit: number) {
    this.#parked.replay(this.get(stream, name), stream, name, limit);
  }
}
