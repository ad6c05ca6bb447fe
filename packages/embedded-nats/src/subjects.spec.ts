import { describe, expect, it } from 'vitest';
import { covers, type Interest, isLiteral, isValidPattern, overlaps, SubjectIndex } from './subjects.ts';

const TOKENS = ['a', 'b', '*', '>'];

/** Every valid pattern of up to three tokens out of four: 4 + 12 + 36. */
const PATTERNS = TOKENS.flatMap((one) => [one, ...TOKENS.flatMap((two) => [`${one}.${two}`, ...TOKENS.map((three) => `${one}.${two}.${three}`)])])
  .filter(isValidPattern);
/** Enough subjects to tell any two of those patterns apart. */
const LETTERS = ['a', 'b', 'c'];
const SUBJECTS = LETTERS.flatMap((one) => [one, ...LETTERS.flatMap((two) => [`${one}.${two}`,
  ...LETTERS.flatMap((three) => [`${one}.${two}.${three}`, `${one}.${two}.${three}.c`])])]);

/** The rules of wildcards, written a second time as a regular expression. */
const isMatch = (pattern: string, subject: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace(/>$/, '.+')}$`).test(subject);

describe('subjects', () => {
  it.each([['a', true], ['a.*.b', true], ['>', true], ['a.>', true], ['a*.b>', true], ['', false], ['.', false], ['a.', false], ['a..b', false], ['>.a', false]])(
    'says of the pattern %j that its validity is %s', (pattern, isValid) => expect(isValidPattern(pattern)).toBe(isValid));

  it.each([['a.b', true], ['a*', true], ['a.*', false], ['>', false], ['a.', false], ['', false]])(
    'says of the subject %j that being literal is %s', (subject, is) => expect(isLiteral(subject)).toBe(is));

  it('covers exactly the patterns all of whose subjects match', () => {
    for (const pattern of PATTERNS) {
      for (const other of [...PATTERNS, ...SUBJECTS]) {
        const all = SUBJECTS.filter((subject) => isMatch(other, subject)).every((subject) => isMatch(pattern, subject));
        expect([pattern, other, covers(pattern, other)]).toEqual([pattern, other, all]);
      }
    }
  });

  it('overlaps exactly the patterns that share a subject', () => {
    for (const pattern of PATTERNS) {
      for (const other of PATTERNS) {
        const some = SUBJECTS.some((subject) => isMatch(pattern, subject) && isMatch(other, subject));
        expect([pattern, other, overlaps(pattern, other)]).toEqual([pattern, other, some]);
      }
    }
  });
});

describe('the subject index', () => {
  const interest = (subject: string, queue = ''): Interest => ({ subject, queue });

  it('finds what matches, while interests come and go', () => {
    const index = new SubjectIndex<Interest>();
    const present = new Set<Interest>();
    const check = (): void => {
      for (const subject of SUBJECTS) {
        const expected = [...present].filter((other) => isMatch(other.subject, subject)).map((other) => other.subject);
        expect(index.match(subject).plain.map((found) => found.subject).sort()).toEqual(expected.sort());
      }
    };
    for (const subject of [...PATTERNS, ...PATTERNS]) {
      const added = interest(subject);
      index.add(added);
      present.add(added);
      if (present.size % 10 === 0) check();
    }
    for (const removed of present) {
      index.remove(removed);
      present.delete(removed);
      if (present.size % 10 === 0) check();
    }
    expect(index.size).toBe(0);
  });

  it('gathers a queue group over all the patterns of its members', () => {
    const index = new SubjectIndex<Interest>();
    const [one, two, other] = [interest('a.*', 'q'), interest('a.b', 'q'), interest('a.b', 'r')];
    for (const each of [one, two, other]) index.add(each);
    const { plain, groups } = index.match('a.b');
    expect(plain).toEqual([]);
    expect(groups.map((members) => new Set(members))).toEqual([new Set([one, two]), new Set([other])]);
  });

  it('takes published wildcards for ordinary tokens', () => {
    const index = new SubjectIndex<Interest>();
    for (const subject of ['a.*', 'a.>', 'a.b']) index.add(interest(subject));
    expect(index.match('a.*').plain.map(({ subject }) => subject).sort()).toEqual(['a.*', 'a.>']);
    expect(index.match('>').plain).toEqual([]);
  });

  it('matches nothing with an empty token', () => {
    const index = new SubjectIndex<Interest>();
    index.add(interest('>'));
    expect(['', 'a.', '.a', 'a..b'].map((subject) => index.match(subject).plain)).toEqual([[], [], [], []]);
  });

  it('ignores the removal of what it does not hold', () => {
    const index = new SubjectIndex<Interest>();
    const kept = interest('a.b');
    index.add(kept);
    index.remove(interest('a.b'));
    index.remove(interest('x.y'));
    expect(index.match('a.b').plain).toEqual([kept]);
  });
});
