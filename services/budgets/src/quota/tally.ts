/** One piece of work: `weight` of a shot that was done on `day` (YYYY-MM-DD), 1 for the whole shot. */
export type Share = { who: string; day: string; weight: number; nb_frames: number; nb_drawings: number; fps: number };

const PERIODS = ['day', 'week', 'month', 'year'] as const;
type Counts = Record<string, number>;
type Period = { frames: Counts; seconds: Counts; count: Counts; drawings: Counts; entries?: Counts };
/** What was done by day, ISO week (`2024-3`), month and year. `entries` counts the days of a month, and weeks and months of a year, on which anything was. */
export type Quota = Record<(typeof PERIODS)[number], Period>;

/** Half goes to the even neighbour: over many halves nothing is gained or lost. */
export const round = (value: number): number => {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
};

const DAY_MS = 86_400_000;
/** The number of the ISO 8601 week that a day is in. */
export const isoWeek = (day: string): number => {
  const date = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * DAY_MS);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - first) / DAY_MS / 7) + 1;
};

const keys = (day: string): Record<(typeof PERIODS)[number], string> =>
  ({ day, week: `${day.slice(0, 4)}-${isoWeek(day)}`, month: day.slice(0, 7), year: day.slice(0, 4) });
/** Under which key a period's days, weeks or months are counted. */
const ENTRIES = { day: 'month', week: 'year', month: 'year', year: null } as const;

const emptyPeriod = (entries: boolean): Period => ({ frames: {}, seconds: {}, count: {}, drawings: {}, ...(entries ? { entries: {} } : {}) });
const empty = (): Quota => ({ day: emptyPeriod(true), week: emptyPeriod(true), month: emptyPeriod(true), year: emptyPeriod(false) });
const add = (counts: Counts, key: string, value: number) => { counts[key] = (counts[key] ?? 0) + value; };

const put = (quota: Quota, { day, weight, nb_frames, nb_drawings, fps }: Share): void => {
  const of = keys(day);
  const frames = round(nb_frames * weight);
  for (const name of PERIODS) {
    const period = quota[name];
    const key = of[name];
    const under = ENTRIES[name];
    if (under !== null && !(key in period.count)) add(period.entries!, of[under], 1);
    add(period.frames, key, frames);
    add(period.seconds, key, frames / fps);
    add(period.count, key, 1);
    add(period.drawings, key, round(nb_drawings * weight));
  }
};

/** Quotas by whoever or whatever the shares name, and of all together under `total`; an empty object for no shares. */
export const tally = (shares: readonly Share[]): Record<string, Quota> => {
  const quotas: Record<string, Quota> = {};
  for (const share of shares) {
    put((quotas[share.who] ??= empty()), share);
    put((quotas.total ??= empty()), share);
  }
  return quotas;
};
