import { describe, expect, it } from 'vitest';
import { mentioned } from './mentions.ts';

describe('a mention', () => {
  it('is a whole name after an at sign', () => {
    expect(mentioned('ask @Ana Tasks, please', 'Ana Tasks')).toBe(true);
    expect(mentioned('ask @Ana Tasksson', 'Ana Tasks')).toBe(false);
    expect(mentioned('@Ana Tasksson and @Ana Tasks', 'Ana Tasks')).toBe(true);
    expect(mentioned('ask Ana Tasks', 'Ana Tasks')).toBe(false);
  });
  it('is never an empty name', () => expect(mentioned('@ all', '')).toBe(false));
});
