import { TOMBSTONE } from './events.ts';

/** What a stream's metadata says about which of its events are still read. */
export interface StreamMetadata {
  maxCount?: number;
  /** Seconds. */
  maxAge?: number;
  /** Events below this revision are gone; `TOMBSTONE` means that the stream is (softly) deleted. */
  truncateBefore?: number;
}

export const METADATA_TYPE = '$metadata';
export const isMetastream = (stream: string) => stream.startsWith('$$');
export const metastreamOf = (stream: string) => `$$${stream}`;
export const originalOf = (metastream: string) => metastream.slice(2);

const parseObject = (data: Uint8Array): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {}; // EventStoreDB stores unreadable metadata too, and ignores it
  }
};

const whole = (value: unknown) => (typeof value === 'number' && value >= 0 ? Math.min(Math.floor(value), TOMBSTONE) : undefined);

export const parseStreamMetadata = (data: Uint8Array): StreamMetadata => {
  const { $maxCount, $maxAge, $tb } = parseObject(data);
  return { maxCount: whole($maxCount), maxAge: whole($maxAge), truncateBefore: whole($tb) };
};

/** The same metadata document with another `$tb`; a deleted stream has the largest int64, which JSON.stringify cannot write. */
export const withTruncateBefore = (data: Uint8Array | undefined, truncateBefore: number) => {
  const { $tb: _, ...rest } = data ? parseObject(data) : {};
  const tb = truncateBefore === TOMBSTONE ? '9223372036854775807' : String(truncateBefore);
  const others = JSON.stringify(rest).slice(1, -1);
  return Buffer.from(`{"$tb":${tb}${others ? `,${others}` : ''}}`);
};

export const isSoftDeleted = ({ truncateBefore }: StreamMetadata) => truncateBefore === TOMBSTONE;

/** The lowest revision that `$tb` and `$maxCount` leave readable. */
export const firstReadable = (last: number, { maxCount, truncateBefore }: StreamMetadata) =>
  Math.max(0, truncateBefore ?? 0, maxCount ? last - maxCount + 1 : 0);

/** Whether `$maxAge` has not yet taken the event away. */
export const isYoungEnough = (created: number, { maxAge }: StreamMetadata, now: number) =>
  maxAge === undefined || created + maxAge * 1000 > now;
