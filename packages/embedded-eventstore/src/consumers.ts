import type { GroupSettings } from './group-settings.ts';
import type { Resolved } from './links.ts';

/** A message of a group on its way to a consumer and back. */
export interface Message extends Resolved {
  /** Position or revision by which the checkpoint counts it; undefined for a replayed one, which the checkpoint has passed. */
  at: number | undefined;
  retries: number;
  /** Called when a replayed message was handled. */
  handled?: () => void;
}

/** Somebody who reads from a group. */
export interface Consumer {
  /** Messages that it may hold unanswered. */
  slots: number;
  inFlight: number;
  total: number;
  from: string;
  username: string;
  deliver(message: Message): void;
  /** Ends the consumer's call with an error. */
  drop(reason: Error): void;
}

/** The message's own id: of the link that was followed, else of the event. Consumers answer with it. */
export const messageId = ({ event, link }: Resolved) => (link ?? event).id;

const hash = (text: string) => {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0;
  return Math.abs(sum);
};

const correlationOf = ({ event }: Resolved) => {
  try {
    const { $correlationId } = JSON.parse(Buffer.from(event.metadata).toString('utf8')) as { $correlationId?: unknown };
    return typeof $correlationId === 'string' ? $correlationId : event.stream;
  } catch {
    return event.stream;
  }
};

/** The consumers of a group, and who of them is next. */
export class Consumers {
  #all: Consumer[] = [];

  get size() {
    return this.#all.length;
  }

  get list(): readonly Consumer[] {
    return this.#all;
  }

  add(consumer: Consumer) {
    this.#all.push(consumer);
  }

  remove(consumer: Consumer) {
    this.#all = this.#all.filter((other) => other !== consumer);
  }

  /** Whether anybody has room. */
  get ready() {
    return this.#all.some(({ inFlight, slots }) => inFlight < slots);
  }

  /** Who gets the message: undefined when nobody has room. */
  next(message: Message, { strategy }: GroupSettings): Consumer | undefined {
    const free = (consumer: Consumer) => consumer.inFlight < consumer.slots;
    if (strategy === 'Pinned' || strategy === 'PinnedByCorrelation') {
      const key = strategy === 'Pinned' ? message.event.stream : correlationOf(message);
      const pinned = this.#all[hash(key) % this.#all.length];
      return pinned && free(pinned) ? pinned : this.#all.find(free);
    }
    const chosen = this.#all.find(free);
    // Round robin: who was served goes to the back of the row.
    if (chosen && strategy === 'RoundRobin') this.#all = [...this.#all.filter((other) => other !== chosen), chosen];
    return chosen;
  }
}
