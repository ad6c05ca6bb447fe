import { describe, expect, it } from 'vitest';
import { Feed, type Passing, type Source } from './feed.ts';

/** A log in memory: a stranger to the feed, which sees only a source. */
class Log implements Source {
  readonly positions: bigint[] = [];
  followers: { after: bigint | null; each: (passing: Passing) => void; lost: (error: Error) => void }[] = [];
  reads = 0;
  follows = 0;
  failing = false;
  append(n: number) {
    this.positions.push(BigInt(n));
    for (const { each } of this.followers) each({ event: null, position: BigInt(n) });
  }
  async *readAll(after: bigint | null) {
    this.reads += 1;
    for (let i = 0; i < this.positions.length; i++) {
      if (after !== null && this.positions[i]! <= after) continue;
      await tick();
      yield { event: null, position: this.positions[i]! };
    }
  }
  follow(after: bigint | null, each: (passing: Passing) => void, lost: (error: Error) => void) {
    this.follows += 1;
    const follower = { after, each, lost };
    this.followers.push(follower);
    return async () => { this.followers = this.followers.filter((f) => f !== follower); };
  }
  async end() {
    if (this.failing) throw new Error('out of reach');
    return this.positions.at(-1) ?? null;
  }
  break() {
    const all = this.followers;
    this.followers = [];
    for (const { lost } of all) lost(new Error('broken'));
  }
}
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
const ticks = async (n: number) => { for (let i = 0; i < n; i++) await tick(); };
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 20_000; i++) {
    if (holds()) return;
    await tick();
  }
  throw new Error('it does not happen');
};

class Reader {
  readonly got: number[] = [];
  full = false;
  losses = 0;
  leave!: () => Promise<void>;
  constructor(feed: Feed, after: bigint | null = null, again = false) {
    const join = (from: bigint | null) => {
      this.leave = feed.join(from, { each: ({ position }) => this.got.push(Number(position)), full: () => this.full, lost: () => {
        this.losses += 1;
        if (again) setImmediate(() => join(this.got.length === 0 ? after : BigInt(this.got.at(-1)!)));
      } });
    };
    join(after);
  }
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('a feed', () => {
  it('gives each who comes late everything, once and in order, while more is written', async () => {
    const log = new Log();
    const feed = new Feed(log);
    const readers: Reader[] = [];
    for (const n of range(1, 200)) {
      log.append(n);
      if (n % 50 === 0) readers.push(new Reader(feed));
      await ticks(n % 3);
    }
    await until(() => readers.every((r) => r.got.length === 200));
    for (const r of readers) expect(r.got).toEqual(range(1, 200));
    expect(log.follows).toBe(1);
  });
  it('begins after the position that it is given', async () => {
    const log = new Log();
    for (const n of range(1, 5)) log.append(n);
    const reader = new Reader(new Feed(log), 3n);
    await until(() => reader.got.length === 2);
    expect(reader.got).toEqual([4, 5]);
  });
  it('lets who is full read by itself, without holding up the others', async () => {
    const log = new Log();
    const feed = new Feed(log);
    const [slow, quick] = [new Reader(feed), new Reader(feed)];
    await ticks(20);
    slow.full = true;
    for (const n of range(1, 50)) log.append(n);
    expect(quick.got).toEqual(range(1, 50));
    expect(slow.got).toEqual([]);
    slow.full = false;
    for (const n of range(51, 60)) {
      log.append(n);
      await tick();
    }
    await until(() => slow.got.length === 60);
    expect(slow.got).toEqual(range(1, 60));
  });
  it('tells everybody of a break, and goes on without a gap for who joins again', async () => {
    const log = new Log();
    const feed = new Feed(log);
    const readers = [new Reader(feed, null, true), new Reader(feed, null, true)];
    for (const n of range(1, 120)) {
      log.append(n);
      if (n % 20 === 0) log.break();
      if (n === 70) readers.push(new Reader(feed, null, true));
      await ticks(n % 4);
    }
    await until(() => readers.every((r) => r.got.length === 120));
    for (const r of readers) expect(r.got).toEqual(range(1, 120));
    expect(readers[0]!.losses).toBeGreaterThan(3);
  });
  it('tells who joins while the log is out of reach, and serves the next', async () => {
    const log = new Log();
    log.append(1);
    log.failing = true;
    const feed = new Feed(log);
    const early = new Reader(feed);
    await until(() => early.losses === 1);
    log.failing = false;
    const late = new Reader(feed);
    await until(() => late.got.length === 1);
  });
  it('stays for who is still catching up when the last other one leaves', async () => {
    const log = new Log();
    for (const n of range(1, 30)) log.append(n);
    const feed = new Feed(log);
    const first = new Reader(feed, 30n);
    await ticks(10);
    const second = new Reader(feed);
    await ticks(5);
    await first.leave();
    await until(() => second.got.length === 30);
    await ticks(10);
    log.append(31);
    await until(() => second.got.length === 31);
    await second.leave();
    expect(log.followers).toEqual([]);
    log.append(32);
    await ticks(5);
    expect(second.got).toHaveLength(31);
  });
});
