/** The highest log position that this gateway has acknowledged to anyone: reads through it wait for it, so whoever hears of a write sees it. */
export class Positions {
  #highest = 0n;

  note(position: string | null | undefined): void {
    if (!position) return;
    const value = BigInt(position);
    if (value > this.#highest) this.#highest = value;
  }

  /** What a read must have seen: the highest acknowledged, or what the request itself carries, whichever is later. */
  wanted(headers: Headers): bigint | null {
    const carried = headers.get('x-log-position') ?? /(?:^|;\s*)log_position=(\d{1,19})/.exec(headers.get('cookie') ?? '')?.[1] ?? null;
    const own = carried !== null && /^\d{1,19}$/.test(carried) ? BigInt(carried) : 0n;
    const highest = own > this.#highest ? own : this.#highest;
    return highest === 0n ? null : highest;
  }
}
