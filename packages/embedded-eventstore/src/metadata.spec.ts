import { describe, expect, it } from 'vitest';
import { TOMBSTONE } from './events.ts';
import { firstReadable, isSoftDeleted, isYoungEnough, parseStreamMetadata, withTruncateBefore } from './metadata.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('stream metadata', () => {
  it.each(['', 'null', '[1]', '"x"', '{"$maxCount":', '{"$maxCount":"5","$tb":-1,"$maxAge":null}'])('limits nothing when it is %s', (text) => {
    expect(firstReadable(9, parseStreamMetadata(bytes(text)))).toBe(0);
    expect(isYoungEnough(0, parseStreamMetadata(bytes(text)), Date.now())).toBe(true);
  });

  it.each([
    [{ $maxCount: 3 }, 7], [{ $maxCount: 30 }, 0], [{ $tb: 4 }, 4], [{ $tb: 4, $maxCount: 3 }, 7], [{ $tb: 8, $maxCount: 3 }, 8],
  ])('leaves of ten events with %o what is at %i and above', (metadata, first) => {
    expect(firstReadable(9, parseStreamMetadata(bytes(metadata)))).toBe(first);
  });

  it('takes an event away when it is as old as $maxAge', () => {
    const metadata = parseStreamMetadata(bytes({ $maxAge: 10 }));
    expect([9_999, 10_000].map((age) => isYoungEnough(50_000 - age, metadata, 50_000))).toEqual([true, false]);
  });

  it('marks a deleted stream with the largest int64, to the digit, and keeps what else was said', () => {
    const marked = withTruncateBefore(bytes({ $maxCount: 3, department: 'layout', $tb: 2 }), TOMBSTONE);
    expect(marked.toString()).toBe('{"$tb":9223372036854775807,"$maxCount":3,"department":"layout"}');
    expect(isSoftDeleted(parseStreamMetadata(marked))).toBe(true);
    expect(withTruncateBefore(undefined, 5).toString()).toBe('{"$tb":5}');
  });
});
