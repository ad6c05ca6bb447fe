import { describe, expect, it } from 'vitest';
import { isUnpreparable, Prepared } from './prepared.ts';
import { sql } from './sql.ts';

const times = (n: number, work: () => unknown) => Array.from({ length: n }, work).at(-1);

describe('a statement that is asked often', () => {
  it('is sent with its values written in at first, then by the name of its plan', () => {
    const prepared = new Prepared();
    expect(times(19, () => prepared.query(sql`select 1 from thing where id = ${'a'} limit ${5}`))).toBe(null);
    expect(prepared.query(sql`select 1 from thing where id = ${'b'} limit ${5}`)).toEqual({ name: 's0', text: 'select 1 from thing where id = $1 limit 5', values: ['b'] });
  });

  it('is another one where a number differs', () => {
    const prepared = new Prepared();
    times(20, () => prepared.query(sql`select ${1}`));
    expect(prepared.query(sql`select ${2}`)).toBe(null);
  });

  it('keeps its values written in once the server refused it, and its name is never given again', () => {
    const prepared = new Prepared();
    const query = times(20, () => prepared.query(sql`select ${'a'} is null`)) as { name: string; text: string };
    prepared.forget(query);
    expect(times(40, () => prepared.query(sql`select ${'a'} is null`))).toBe(null);
    expect(times(20, () => prepared.query(sql`select ${'a'}::text`))).toMatchObject({ name: 's1' });
  });

  it('is forgotten among very many others', () => {
    const prepared = new Prepared();
    times(19, () => prepared.query(sql`select 'rare', ${'a'}`));
    for (let n = 0; n < 700; n++) prepared.query(sql`select ${n}, ${'a'}`);
    expect(prepared.query(sql`select 'rare', ${'a'}`)).toBe(null);
  });
});

it.each([['42P18', true], ['0A000', true], ['26000', true], ['22P02', false], ['57014', false], [undefined, false]])('an error %s speaks against the plan: %s', (code, unpreparable) => {
  expect(isUnpreparable({ code })).toBe(unpreparable);
});
