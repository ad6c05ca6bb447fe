import type { Recorded } from './event.ts';

/** One event of the log, or only its position where the event is none of ours. */
export type Passing = { event: Recorded | null; position: bigint };

export type Source = {
  /** Everything after a position that is there now, oldest first. */
  readAll(after: bigint | null): AsyncIterable<Passing>;
  /** Everything after a position, for ever; `lost` once, when it breaks. */
  follow(after: bigint | null, each: (passing: Passing) => void, lost: (error: Error) => void): () => Promise<void>;
  end(): Promise<bigint | null>;
};

export type Follower = {
  each: (passing: Passing) => void;
  lost: (error: Error) => void;
  /** True while nothing more can be taken. */
  full: () => boolean;
};

type Member = Follower & { at: bigint | null; buffer: Passing[] | null; left: boolean };

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

/**
 * One subscription to the log for all services of a process: an event is taken from the server and decoded once. Who comes late, or
 * falls behind, reads what is missing from the log by itself and joins when it has caught up.
 */
export class Feed {
  readonly #source: Source;
  readonly #members = new Set<Member>();
  #running: Promise<() => Promise<void>> | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Follows the log after a position; answers how to stop. */
  join(after: bigint | null, follower: Follower): () => Promise<void> {
    const member: Member = { ...follower, at: after, buffer: null, left: false };
    void this.#catchUp(member).catch((error) => this.#lose(member, error));
    return async () => {
      member.left = true;
      this.#members.delete(member);
      if (this.#members.size > 0 || !this.#running) return;
      const stop = await this.#running;
      this.#running = null;
      await stop();
    };
  }

  #start(): Promise<() => Promise<void>> {
    return (this.#running ??= this.#source.end().then((end) => this.#source.follow(end, (passing) => {
      for (const member of this.#members) this.#give(member, passing);
    }, (error) => {
      this.#running = null;
      for (const member of [...this.#members]) this.#lose(member, error);
    })));
  }

  #lose(member: Member, error: Error): void {
    if (member.left) return;
    member.left = true;
    this.#members.delete(member);
    member.lost(error);
  }

  #give(member: Member, passing: Passing): void {
    if (member.buffer) return void member.buffer.push(passing);
    if (member.at !== null && passing.position <= member.at) return;
    if (member.full()) {
      // Behind: it reads by itself from where it stands, and the others go on.
      this.#members.delete(member);
      void this.#catchUp(member).catch((error) => this.#lose(member, error));
      return;
    }
    member.at = passing.position;
    member.each(passing);
  }

  async #read(member: Member): Promise<void> {
    for await (const passing of this.#source.readAll(member.at)) {
      if (member.left) return;
      while (member.full() && !member.left) await pause();
      if (member.at !== null && passing.position <= member.at) continue;
      member.at = passing.position;
      member.each(passing);
    }
  }

  async #catchUp(member: Member): Promise<void> {
    await this.#start();
    await this.#read(member);
    if (member.left) return;
    // From here on the feed is kept aside, so that nothing falls between the last read and joining.
    member.buffer = [];
    this.#members.add(member);
    await this.#read(member);
    const held = member.buffer;
    member.buffer = null;
    for (const passing of held) this.#give(member, passing);
  }
}
