import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue, event, upcast } from './event.ts';

const Renamed = event('SpecThingRenamed', 3, z.object({ name: z.string(), label: z.string() }), { upcast: {
  1: (data) => ({ name: data.title }),
  2: (data) => ({ ...data, label: '' }),
} });

describe('an event type', () => {
  it('makes facts of its newest version', () => {
    expect(Renamed({ name: 'a', label: 'b' })).toEqual({ type: 'SpecThingRenamed', version: 3, data: { name: 'a', label: 'b' } });
  });
  it('stands in the catalogue once', () => {
    expect(catalogue.get('SpecThingRenamed')).toBe(Renamed);
    expect(() => event('SpecThingRenamed', 1, z.object({}))).toThrow('declared twice');
  });
});

describe('data of an older version', () => {
  it('goes through every step to the newest', () => {
    expect(upcast('SpecThingRenamed', 1, { title: 'a' })).toEqual({ name: 'a', label: '' });
    expect(upcast('SpecThingRenamed', 2, { name: 'a' })).toEqual({ name: 'a', label: '' });
  });
  it('stays as it is where it is new, newer than ours or of a stranger', () => {
    const data = { title: 'a' };
    for (const [type, version] of [['SpecThingRenamed', 3], ['SpecThingRenamed', 4], ['SpecStranger', 1]] as const) expect(upcast(type, version, data)).toBe(data);
  });
});
