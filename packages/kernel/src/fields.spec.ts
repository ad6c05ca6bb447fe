import { describe, expect, it } from 'vitest';
import { bodySchema, factSchema, f, fieldSchema, filterSql, isDate, type Field } from './fields.ts';
import { inline, raw } from './sql.ts';

const parsed = (field: Field, value: unknown) => {
  const result = fieldSchema('x', field).safeParse(value);
  return result.success ? result.data : Error;
};
const ID = '5398f252-403e-58de-8c17-a3cdb4fed049';

describe('a field of a body', () => {
  it.each<[string, Field, unknown, unknown]>([
    ['a text', f.text(), 'Ünï😀', 'Ünï😀'], ['an empty text', f.text(), '', ''], ['no text', f.text(), 3, Error], ['NUL', f.text(), 'a\0', Error], ['half a character', f.text(), '\ud83d', Error],
    ['as many characters as fit', f.string(2), '😀😀', '😀😀'], ['one more', f.string(2), 'abc', Error], ['one of the choices', f.string(9, { choices: ['a'] }), 'a', 'a'], ['another', f.string(9, { choices: ['a'] }), 'b', Error],
    ['a whole number', f.integer(), 5, 5], ['a whole number as text', f.integer(), '-5', -5], ['with a fraction', f.integer(), 5.5, Error], ['beyond 32 bits', f.integer(), 2 ** 31, Error], ['empty', f.integer(), '', null],
    ['a float', f.float(), '1.25', 1.25], ['a large one', f.float(), 1e15, 1e15], ['a large whole one', f.float({ whole: true }), 2 ** 40, 2 ** 40], ['half of one', f.float({ whole: true }), 0.5, Error], ['one whose sums have no end', f.float(), 1e308, Error], ['infinity', f.float(), Number.POSITIVE_INFINITY, Error], ['too many digits', f.float(), '9'.repeat(400), Error], ['words', f.float(), '1e5x', Error],
    ['true', f.boolean(), 'True', true], ['perhaps', f.boolean(), 'perhaps', Error],
    ['an id', f.uuid(), ID.toUpperCase(), ID], ['no id', f.uuid(), 'x', Error], ['ids once each', f.uuids(), [ID, ID], [ID]], ['no ids', f.uuids(), ['x'], Error], ['texts', f.strings(), ['a'], ['a']], ['no texts', f.strings(), ['a\0'], Error],
    ['a day', f.date(), '2024-02-29', '2024-02-29'], ['a time for a day', f.date(), '2024-02-29T10:00:00', '2024-02-29'], ['no day', f.date(), '2023-02-29', Error], ['year 0', f.date(), '0000-01-01', Error],
    ['a time', f.time(), '2024-03-04T10:00:00', '2024-03-04T10:00:00'], ['a time with a zone', f.time(), '2024-03-04T10:00:00+02:00', '2024-03-04T08:00:00'], ['a day for a time', f.time(), '2024-03-04', '2024-03-04T00:00:00'],
    ['30 February', f.time(), '2024-02-30T10:00:00', Error], ['hour 25', f.time(), '2024-03-04T25:00:00', Error], ['past the last year', f.time(), '9999-12-31T23:00:00-10:00', Error], ['SQL', f.time(), "2024-03-04' or 1=1", Error],
    ['JSON', f.json(), { a: [1] }, { a: [1] }], ['JSON with NUL', f.json(), { a: '\0' }, Error], ['null', f.integer({ required: true }), null, null],
  ])('%s', (_, field, value, wanted) => {
    expect(parsed(field, value)).toEqual(wanted);
  });
  it('drops keys that are none', () => {
    expect(bodySchema({ name: f.text() }).parse({ name: 'a', other: 1 })).toEqual({ name: 'a' });
  });
});

describe('a field of a fact', () => {
  const fits = (field: Field, value: unknown) => factSchema({ x: field }).safeParse({ x: value }).success;
  it('may be longer, and a larger sum, than a request may send it', () => expect([fits(f.string(2), 'longer'), fits(f.float(), 2e15)]).toEqual([true, true]));
  it.each([['id', f.uuid()], ['whole number', f.integer()], ['day', f.date()], ['truth', f.boolean()]])('that is a %s is never an empty text, which no column takes', (_, field) => {
    expect([fits(field, ''), fits(field, null)]).toEqual([false, true]);
  });
  it('may be an empty text where texts are meant', () => expect([fits(f.string(2), ''), fits(f.text(), ''), fits(f.json(), '')]).toEqual([true, true, true]));
});

describe('a day', () => {
  it.each([['2024-12-31', true], ['2024-13-01', false], ['2024-1-1', false], ['24-01-01', false], ['2024-04-31', false], ['', false]])('%s: %s', (text, is) => {
    expect(isDate(text)).toBe(is);
  });
});

describe('a filter', () => {
  const filter = (field: Field, value: string) => inline(filterSql(raw('t.x'), 'x', field, value));
  it.each<[Field, string, string]>([
    [f.text(), "o'x", "t.x = 'o''x'"], [f.text(), '', "t.x = ''"], [f.integer(), '', 't.x is null'], [f.text(), 'null', 't.x is null'], [f.integer(), '12', 't.x = 12'], [f.string(3, { ignoreCase: true }), 'Ab', "lower(t.x) = lower('Ab')"],
    [f.uuids(), ID, `'${ID}'::uuid = any(t.x)`], [f.strings(), 'a?', "'a?'::text = any(t.x)"], [f.boolean(), 'true', 't.x = true'], [f.string(2), 'longer than it may be', "t.x = 'longer than it may be'"],
  ])('%j by "%s"', (field, value, text) => {
    expect(filter(field, value)).toBe(text);
  });
  it.each<[Field, string]>([[f.integer(), 'x'], [f.integer(), '99999999999'], [f.uuid(), 'x'], [f.date(), 'x'], [f.json(), '{}'], [f.boolean(), 'x'], [f.text(), '\0']])('of %j refuses "%s"', (field, value) => {
    expect(() => filter(field, value)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
