import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { to } from './access.ts';
import { Conflict, Invalid } from './errors.ts';
import { given } from './given.ts';
import { defineState } from './state.ts';

const opened = { type: 'SpecOpened', version: 1, data: {} };
const counted = (n: number) => ({ type: 'SpecCounted', version: 1, data: { n } });
const count: any = {
  subject: 'cmd.spec.count', schema: z.any(), access: to.system, stream: () => 'spec',
  state: defineState<{ open: boolean; n: number }>({ initial: { open: false, n: 0 }, evolve: (s, e) => (e.type === 'SpecOpened' ? { ...s, open: true } : { ...s, n: s.n + e.data.n }) }),
  decide: (n: number, state: { open: boolean; n: number }) => {
    if (!state.open) throw new Invalid('closed');
    return n === 0 ? [] : [counted(state.n + n)];
  },
};

describe('a test of a decider', () => {
  it('folds what happened before and compares what was decided', () => {
    given(count, opened, counted(2)).when(3).then(counted(5));
    given(count, opened).when(0).thenNothing();
    given(count).when(1).thenRefused(Invalid);
    given(count, opened).when(1).thenTypes('SpecCounted');
  });
  it('fails where something else was decided', () => {
    expect(() => given(count, opened).when(3).then(counted(4))).toThrow('wanted');
    expect(() => given(count, opened).when(3).then()).toThrow('wanted');
    expect(() => given(count, opened).when(3).thenNothing()).toThrow('wanted nothing');
    expect(() => given(count, opened).when(3).thenRefused(Invalid)).toThrow('wanted Invalid');
    expect(() => given(count).when(3).thenRefused(Conflict)).toThrow(Invalid);
    expect(() => given(count, opened).when(3).thenTypes('SpecOpened')).toThrow('wanted');
  });
});
