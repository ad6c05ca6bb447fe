import { describe, expect, it } from 'vitest';
import { isoWeek, round, tally, type Share } from './tally.ts';

const share = (day: string, more: Partial<Share> = {}): Share => ({ who: 'ned', day, weight: 1, nb_frames: 50, nb_drawings: 0, fps: 25, ...more });

describe('quotas', () => {
  it('are nothing for no work', () => expect(tally([])).toEqual({}));

  it('add up by day, week, month and year, for each person and in all', () => {
    const of = tally([share('2024-03-11', { weight: 0.5 }), share('2024-03-12', { weight: 0.5 }), share('2024-04-01', { who: 'eve' })]);
    expect(Object.keys(of)).toEqual(['ned', 'total', 'eve']);
    expect(of.ned).toEqual({
      day: { frames: { '2024-03-11': 25, '2024-03-12': 25 }, seconds: { '2024-03-11': 1, '2024-03-12': 1 }, count: { '2024-03-11': 1, '2024-03-12': 1 }, drawings: { '2024-03-11': 0, '2024-03-12': 0 }, entries: { '2024-03': 2 } },
      week: { frames: { '2024-11': 50 }, seconds: { '2024-11': 2 }, count: { '2024-11': 2 }, drawings: { '2024-11': 0 }, entries: { 2024: 1 } },
      month: { frames: { '2024-03': 50 }, seconds: { '2024-03': 2 }, count: { '2024-03': 2 }, drawings: { '2024-03': 0 }, entries: { 2024: 1 } },
      year: { frames: { 2024: 50 }, seconds: { 2024: 2 }, count: { 2024: 2 }, drawings: { 2024: 0 } },
    });
    expect(of.total!.month.entries).toEqual({ 2024: 2 });
  });

  it('weigh frames and drawings and round each share', () => {
    const of = tally([share('2024-03-11', { weight: 240 / 580, nb_drawings: 7 }), share('2024-04-01', { weight: 100 / 580, nb_drawings: 7 })]);
    expect(of.ned!.day.frames).toEqual({ '2024-03-11': 21, '2024-04-01': 9 });
    expect(of.ned!.day.drawings).toEqual({ '2024-03-11': 3, '2024-04-01': 1 });
  });

  it('take halves to the even neighbour', () => expect([0.5, 1.5, 2.5, 2.4, 2.6].map(round)).toEqual([0, 2, 2, 2, 3]));

  it.each([['2024-01-01', 1], ['2024-12-30', 1], ['2023-01-01', 52], ['2026-12-31', 53], ['2024-03-11', 11]])('know the ISO week of %s', (day, week) => expect(isoWeek(day)).toBe(week));
});
