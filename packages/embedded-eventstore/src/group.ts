import { Consumers, type Consumer, type Message } from './consumers.ts';
import type { Filter } from './filters.ts';
import type { GroupSettings } from './group-settings.ts';
import { resolve, type Resolved } from './links.ts';
import { Outstanding, type Delivery } from './outstanding.ts';
import { asRefusal } from './refusals.ts';
import type { Source } from './source.ts';
import { NotStored, type Store } from './store.ts';

/** What a group needs from around it. */
export interface GroupContext {
  store: Store;
  source: Source;
  filter: Filter | undefined;
  saveCheckpoint(at: number): void;
  /** Keeps a message that cannot be handled; answers when it is on disk. */
  park(message: Message, reason: string): Promise<void>;
}

/** Streams of the groups' own parked messages: groups on `$all` do not see them, or parking would feed itself. */
const OWN_STREAMS = '$persistentsubscription-';

/** A group whose filter passes little looks at more events at once, and lets others have their turn in between. */
const FILTERED_BATCH = 256;
const BATCHES_A_TURN = 8;

const after = (a: Message, b: Message) => (a.at ?? -1) - (b.at ?? -1);

/** Deliveries of one persistent subscription group: at least once, retried, parked when they keep failing. */
export class Group {
  readonly consumers = new Consumers();
  settings: GroupSettings;
  checkpoint: number;
  readonly #context: GroupContext;
  readonly #outstanding = new Outstanding();
  #buffer: Message[] = [];
  #retries: Message[] = [];
  #readUpTo: number;
  #handled = 0;
  #total = 0;
  #savedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #pumpsSoon = false;
  #ended = false;

  constructor(settings: GroupSettings, checkpoint: number, context: GroupContext) {
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.#readUpTo = checkpoint;
    this.#context = context;
  }

  get counts() {
    return {
      buffered: this.#buffer.length, retrying: this.#retries.length, outstanding: this.#outstanding.size,
      total: this.#total, lastKnown: this.#context.source.last(),
    };
  }

  connect(consumer: Consumer) {
    this.consumers.add(consumer);
    this.#timer ??= setInterval(() => this.#tick(), 100);
    this.pump();
  }

  /** What the consumer still held goes to the others. */
  disconnect(consumer: Consumer) {
    this.consumers.remove(consumer);
    for (const delivery of this.#outstanding.all()) {
      if (delivery.consumer !== consumer) continue;
      this.#outstanding.remove(delivery);
      this.#retries.push(delivery.message);
    }
    this.#retries.sort(after);
    if (this.consumers.size === 0) this.rest();
    else this.pump();
  }

  /** Saves the checkpoint and stops the clock, until somebody connects. */
  rest() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#save();
  }

  /** Saves the checkpoint for the last time: nothing is delivered or saved any more. */
  end() {
    this.rest();
    this.#ended = true;
  }

  dropAll(reason: Error) {
    for (const consumer of this.consumers.list) { // each leaving makes a new list
      this.disconnect(consumer);
      consumer.drop(reason);
    }
  }

  /** Delivers what there is to those who have room. Called whenever either may have changed. */
  pump() {
    if (this.#ended) return;
    try {
      while (this.consumers.ready) {
        const message = this.#retries.shift() ?? this.#nextNew();
        if (!message) return;
        this.#deliver(message);
      }
    } catch (error) { // the stream was ended for good, or cannot be read
      for (const consumer of this.consumers.list) consumer.drop(asRefusal(error));
    }
  }

  #deliver(message: Message) {
    const consumer = this.consumers.next(message, this.settings);
    if (!consumer) throw new Error('A message was taken for nobody.');
    const { messageTimeoutMs } = this.settings;
    this.#outstanding.add({ message, consumer, due: messageTimeoutMs > 0 ? Date.now() + messageTimeoutMs : Infinity });
    consumer.total += 1;
    this.#total += 1;
    consumer.deliver(message);
  }

  #nextNew(): Message | undefined {
    const { source, filter, store } = this.#context;
    const batch = filter ? FILTERED_BATCH : Math.min(this.settings.readBatchSize, this.settings.historyBufferSize);
    for (let batches = 0; this.#buffer.length === 0; batches += 1) {
      if (batches === BATCHES_A_TURN) {
        this.#pumpSoon();
        return undefined;
      }
      const page = source.after(this.#readUpTo, batch);
      for (const event of page) {
        this.#readUpTo = source.at(event);
        if (!source.readable(event) || (filter && !filter.matches(event)) || event.stream.startsWith(OWN_STREAMS)) continue;
        this.#buffer.push({ ...resolve(store, event, this.settings.resolveLinks), at: this.#readUpTo, retries: 0 });
      }
      if (page.length === 0) return undefined;
    }
    return this.#buffer.shift();
  }

  #pumpSoon() {
    if (this.#pumpsSoon) return;
    this.#pumpsSoon = true;
    setImmediate(() => {
      this.#pumpsSoon = false;
      this.pump();
    });
  }

  /** The consumer has handled these messages. */
  ack(consumer: Consumer, ids: string[]) {
    for (const id of ids) this.#settle(this.#outstanding.find(consumer, id));
    this.#saveWhenDue();
    this.pump();
  }

  /**
   * The consumer could not handle these messages.
   * @throws {NotStored} when a message cannot be parked; it stays outstanding then, and times out.
   */
  async nack(consumer: Consumer, ids: string[], action: 'park' | 'retry' | 'skip', reason: string) {
    for (const id of ids) {
      const delivery = this.#outstanding.find(consumer, id);
      if (!delivery) continue;
      if (action === 'retry') this.#retry(delivery, 'The message was retried too often.');
      else {
        // Parked first, forgotten after: a crash between the two delivers it again instead of losing it.
        if (action === 'park') await this.#context.park(delivery.message, reason);
        this.#settle(delivery);
      }
    }
    this.#saveWhenDue();
    this.pump();
  }

  #settle(delivery: Delivery | undefined) {
    if (!delivery || !this.#outstanding.remove(delivery)) return;
    this.#handled += 1;
    delivery.message.handled?.();
  }

  #retry(delivery: Delivery, reason: string) {
    const { message } = delivery;
    if (!this.#outstanding.remove(delivery)) return;
    if (message.retries < this.settings.maxRetryCount) {
      this.#retries.push({ ...message, retries: message.retries + 1 });
      this.#retries.sort(after);
      return;
    }
    // Nobody's until it is parked, yet outstanding: it holds the checkpoint back.
    const parking: Delivery = { message, consumer: undefined, due: Infinity };
    this.#outstanding.add(parking);
    this.#context.park(message, reason).then(() => this.#settle(parking), () => {
      this.#outstanding.remove(parking);
      this.#retries.push(message);
    });
  }

  /** Delivers parked events again, with their retries counted anew; `handled` is called for each that is done with. */
  replay(events: Resolved[], handled: (event: Resolved) => void) {
    for (const resolved of events)
      this.#retries.push({ ...resolved, at: undefined, retries: 0, handled: () => handled(resolved) });
    this.pump();
  }

  #tick() {
    const now = Date.now();
    for (const delivery of this.#outstanding.all())
      if (delivery.due <= now) this.#retry(delivery, 'The message timed out too often.');
    if (now - this.#savedAt >= this.settings.checkpointAfterMs && this.#handled >= this.settings.minCheckpointCount) this.#save();
    this.pump();
  }

  #saveWhenDue() {
    if (this.#handled >= Math.max(1, this.settings.maxCheckpointCount)) this.#save();
  }

  /** Everything up to here was handled. */
  get #reached() {
    let lowest = this.#readUpTo;
    const waiting = [...this.#buffer, ...this.#retries, ...this.#outstanding.all().map(({ message }) => message)];
    for (const { at } of waiting) if (at !== undefined && at <= lowest) lowest = at - 1;
    return lowest;
  }

  #save() {
    const reached = this.#reached;
    this.#handled = 0;
    this.#savedAt = Date.now();
    if (reached <= this.checkpoint || this.#ended) return;
    try {
      this.#context.saveCheckpoint(reached);
      this.checkpoint = reached;
    } catch (error) {
      if (!(error instanceof NotStored)) throw error; // else the next time: until then a crash would only repeat more
    }
  }
}
