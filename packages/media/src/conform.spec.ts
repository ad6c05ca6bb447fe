import { Invalid } from '@shotlog/kernel/errors';
import { describe, expect, it } from 'vitest';
import { atMost, frameFor, frameRate } from './conform.ts';

describe('frames', () => {
  const wide = { width: 1998, height: 1080 };
  it.each([
    [1920, 1080, { width: 1920, height: 1080 }], [null, 540, { width: 1000, height: 540 }], [1000, null, { width: 1000, height: 540 }],
    [null, null, { width: 1998, height: 1080 }], [1279, 719, { width: 1280, height: 720 }],
  ])('of a movie in %s x %s', (width, height, frame) => expect(frameFor(wide, width, height)).toEqual(frame));
  it('are even for odd movies', () => expect(frameFor({ width: 401, height: 1 }, null, null)).toEqual({ width: 402, height: 2 }));
  it('shrink to a width, and never grow', () => {
    expect(atMost({ width: 1920, height: 1080 }, 1280)).toEqual({ width: 1280, height: 720 });
    expect(atMost({ width: 640, height: 360 }, 1280)).toEqual({ width: 640, height: 360 });
  });
});

describe('frame rates', () => {
  it.each([['25', '25'], ['25.000', '25'], [24, '24'], ['23.976', '24000/1001'], ['29.97', '30000/1001'], ['24000/1001', '24000/1001'], ['12.5', '12.5']])(
    'takes %s for %s', (given, taken) => expect(frameRate(given)).toBe(taken));
  it.each(['', '0', '-25', '25fps', '25:split', '1/0', '0.5', '1000', 'NaN', '1e2'])('refuses %j', (given) => expect(() => frameRate(given)).toThrow(Invalid));
});
