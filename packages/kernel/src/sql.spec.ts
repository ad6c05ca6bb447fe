import { describe, expect, it } from 'vitest';
import { appended, gathered, inline, isStorableJson, join, json, literal, nothing, parameters, raw, sql, textArray } from './sql.ts';

describe('a statement', () => {
  it('holds values beside its text and takes in nested statements', () => {
    const where = sql`id = ${'x'} and n > ${2}`;
    expect(inline(sql`select * from ${raw('"thing"')} where ${where}`)).toBe(`select * from "thing" where id = 'x' and n > 2`);
  });
  it('leaves a question mark of its own alone, beside values that hold one', () => {
    expect(inline(sql`select 1 where data ? ${'a?b'} and data ?| ${['c?']}`)).toBe(`select 1 where data ? 'a?b' and data ?| '{"c?"}'`);
    expect(inline(sql`${raw("x ? 'y'")} = ${true}`)).toBe("x ? 'y' = true");
    expect(inline(raw("select '?'"))).toBe("select '?'");
    expect(inline(join([sql`${1}`, raw('?')], ' ? '))).toBe('1 ? ?');
  });
  it('keeps values apart that follow each other', () => {
    expect(inline(sql`${1}${2}`)).toBe('12');
  });
  it('takes an object that looks like a statement for a value', () => {
    const forged = { text: "'; drop table thing; --", params: [] };
    expect(inline(sql`select ${forged}`)).toBe(`select '{"text":"''; drop table thing; --","params":[]}'::jsonb`);
  });
  it('joins nothing to nothing', () => {
    expect(inline(join([]))).toBe('');
  });
});

describe('a literal', () => {
  it.each([
    ["it's", "'it''s'"], ['\\', "'\\'"], ["\\' or 1=1 --", "'\\'' or 1=1 --'"], ['a\0b', "'ab'"], ['$1 ?', "'$1 ?'"], ['\ud800', "'\ufffd'"], ['', "''"],
    [null, 'null'], [undefined, 'null'], [true, 'true'], [1.5, '1.5'], [-3, '(-3)'], [1e21, '1e+21'], [9007199254740993n, '9007199254740993'], [-1n, '(-1)'],
    [['a', 'b"\\'], `'{"a","b\\"\\\\"}'`], [[], "'{}'"], [{ a: "'" }, `'{"a":"''"}'::jsonb`], [[1], "'[1]'::jsonb"], [new Date(0), "'1970-01-01T00:00:00.000'"],
  ])('of %s', (value, text) => {
    expect(literal(value)).toBe(text);
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('s')])('does not exist for %s', (value) => {
    expect(() => literal(value)).toThrow(TypeError);
  });
});

describe('a statement with parameters', () => {
  it('has one for each text, and all else written in', () => {
    expect(parameters(sql`select ${"it's"}, ${2}, ${true}, ${null}, ${['a']}, ${{ b: 1 }}, ${7n}, ${new Date(0)}`)).toEqual({
      text: 'select $1, 2, true, null, $2, $3::jsonb, $4::bigint, $5', values: ["it's", '{"a"}', '{"b":1}', '7', '1970-01-01T00:00:00.000'] });
  });
  it('keeps question marks that are meant', () => {
    expect(parameters(sql`select data ? ${'a?'}`)).toEqual({ text: 'select data ? $1', values: ['a?'] });
  });
});

describe('statements of a batch', () => {
  const row = (into: string, n: number) => appended(`insert into ${into} (n)`, sql`${n}`, 'on conflict do nothing');
  it('go together where they add rows to one table, at the end', () => {
    expect(gathered([row('a', 1), sql`delete from b`, row('c', 2), row('a', 3)]).map(inline)).toEqual([
      'delete from b', 'insert into a (n) values (1), (3) on conflict do nothing', 'insert into c (n) values (2) on conflict do nothing']);
  });
  it('are left out where they do nothing', () => {
    expect(gathered([nothing, raw('select 2')]).map(inline)).toEqual(['select 2']);
  });
  it('stand for themselves as well', () => {
    expect(inline(row('a', 1))).toBe('insert into a (n) values (1) on conflict do nothing');
  });
});

describe('JSON for jsonb', () => {
  it('loses what PostgreSQL refuses, in keys too, and keeps what only looks like it', () => {
    expect(inline(json({ 'a\0': ['\0', '\ud800', '\\u0000'] }))).toBe(`'{"a":["","\ufffd","\\\\u0000"]}'::jsonb`);
    expect(inline(json(null))).toBe('null::jsonb');
  });
  it('is told apart at the door', () => {
    for (const good of [1, 'a', '\\u0000', '\\\\ud800', '😀', [], undefined]) expect(isStorableJson(good)).toBe(true);
    let deep: unknown = 0;
    for (let i = 0; i < 200_000; i++) deep = [deep];
    for (const bad of ['\0', '\ud800', { '\0': 1 }, ['\\\0'], deep]) expect(isStorableJson(bad)).toBe(false);
  });
});

describe('a text array', () => {
  it('quotes what would end it', () => {
    expect(textArray(['a,b', '}', '"', '\\', 'NULL', ''])).toBe('{"a,b","}","\\"","\\\\","NULL",""}');
  });
});
