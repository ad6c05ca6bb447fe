import { describe, expect, it } from 'vitest';
import { instanceName } from './place-instance.ts';

describe("an instance's name", () => {
  it('is what files may be called', () => {
    expect(instanceName('Hero Man', 1)).toBe('Hero_Man_0001');
    expect(instanceName('  Hé-ro: Man.x! ', 12)).toBe('He_ro_Man_x_0012');
  });
  it('keeps its number however long the name is', () => expect(instanceName('a'.repeat(90), 12_345)).toBe(`${'a'.repeat(74)}_12345`));
});
