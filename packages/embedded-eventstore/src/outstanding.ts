import { messageId, type Consumer, type Message } from './consumers.ts';
import { uuidText } from './events.ts';

/** A message that was delivered and is not yet answered. */
export interface Delivery {
  message: Message;
  /** Undefined while the group itself is parking the message. */
  consumer: Consumer | undefined;
  /** Milliseconds since 1970 at which it times out. */
  due: number;
}

/** The deliveries of a group. Several may have the same id: streams may share ids, and parked ones come again. */
export class Outstanding {
  readonly #byId = new Map<string, Delivery[]>();
  size = 0;

  add(delivery: Delivery) {
    const id = uuidText(messageId(delivery.message));
    this.#byId.set(id, [...this.#byId.get(id) ?? [], delivery]);
    this.size += 1;
    if (delivery.consumer) delivery.consumer.inFlight += 1;
  }

  /** The consumer's delivery with this id; undefined for an answer that came after the time-out. */
  find(consumer: Consumer, id: string) {
    return this.#byId.get(id)?.find((delivery) => delivery.consumer === consumer);
  }

  /** Forgets the delivery; false when it was already forgotten. */
  remove(delivery: Delivery) {
    const id = uuidText(messageId(delivery.message));
    const others = this.#byId.get(id)?.filter((other) => other !== delivery) ?? [];
    if (others.length === (this.#byId.get(id)?.length ?? 0)) return false;
    if (others.length) this.#byId.set(id, others);
    else this.#byId.delete(id);
    this.size -= 1;
    if (delivery.consumer) delivery.consumer.inFlight -= 1;
    return true;
  }

  all() {
    return [...this.#byId.values()].flat();
  }
}
