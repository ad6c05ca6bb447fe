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

type Member = Follower & {
  at: bigint | null;
  /** What came while the member was joining; null before and after. */
  buffer: Passing[] | null;
  left: boolean;
};
type Run = { stop: () => Promise<void>; live: boolean };

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

/**
 * One subscription to the log for all services of a process: an event is taken from the server and decoded once. Who comes late, or
 * falls behind, reads what is missing from the log by itself and joins when it has caught up.
 */
export class Feed {
  readonly #source: Source;
  /** Everybody, reading by itself or taking what the subscription brings. */
  readonly #members = new Set<Member>();
  /** Who takes what the subscription brings. */
  readonly #joined = new Set<Member>();
  #run: Promise<Run> | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Follows the log after a position; answers how to stop. */
  join(after: bigint | null, follower: Follower): () => Promise<void> {
    const member: Member = { ...follower, at: after, buffer: null, left: false };
    this.#members.add(member);
    this.#catchUp(member);
    return async () => {
      this.#leave(member);
      if (this.#members.size > 0 || !this.#run) return;
      const run = this.#run;
      this.#run = null;
      await run.then((r) => {
        r.live = false;
        return r.stop();
      }, () => {});
    };
  }

  #leave(member: Member): void {
    member.left = true;
    this.#members.delete(member);
    this.#joined.delete(member);
  }

  #lose(member: Member, error: Error): void {
    if (member.left) return;
    this.#leave(member);
    member.lost(error);
  }

  /** The subscription, begun at the end of the log: what is older, members read by themselves. */
  #subscription(): Promise<Run> {
    this.#run ??= this.#begin();
    return this.#run;
  }

  #begin(): Promise<Run> {
    const begun: Promise<Run> = this.#source.end().then((end) => {
      const run: Run = { live: true, stop: async () => {} };
      run.stop = this.#source.follow(end, (passing) => {
        for (const member of this.#joined) this.#give(member, passing);
      }, (error) => {
        if (!run.live) return;
        run.live = false;
        if (this.#run === begun) this.#run = null;
        for (const member of this.#joined) this.#lose(member, error);
      });
      return run;
    });
    begun.catch(() => { if (this.#run === begun) this.#run = null; });
    return begun;
  }

  #give(member: Member, passing: Passing): void {
    if (member.buffer) return void member.buffer.push(passing);
    if (member.at !== null && passing.position <= member.at) return;
    if (member.full()) {
      // Behind: it reads by itself from where it stands, and the others go on.
      this.#joined.delete(member);
      this.#catchUp(member);
      return;
    }
    member.at = passing.position;
    member.each(passing);
  }

  async #read(member: Member): Promise<void> {
    for await (const passing of this.#source.readAll(member.at)) {
      while (member.full() && !member.left) await pause();
      if (member.left) return;
      if (member.at !== null && passing.position <= member.at) continue;
      member.at = passing.position;
      member.each(passing);
    }
  }

  #catchUp(member: Member): void {
    void this.#readAndJoin(member).catch((error) => this.#lose(member, error));
  }

  async #readAndJoin(member: Member): Promise<void> {
    const run = await this.#subscription();
    await this.#read(member);
    if (member.left) return;
    // From here on the feed is kept aside, so that nothing falls between the last read and joining.
    member.buffer = [];
    this.#joined.add(member);
    await this.#read(member);
    if (member.left) return;
    // The subscription may have broken before this member was one of those who are told.
    if (!run.live) throw new Error('the subscription broke');
    const held = member.buffer;
    member.buffer = null;
    for (const passing of held) {
      if (!this.#joined.has(member)) return;
      this.#give(member, passing);
    }
  }
}
