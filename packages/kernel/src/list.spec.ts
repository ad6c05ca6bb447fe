import { describe, expect, it } from 'vitest';
import { Caller, type Role } from './caller.ts';
import { f } from './fields.ts';
import { filters, flag, pageOf, selectList } from './list.ts';
import { inline, join } from './sql.ts';
import { table } from './tables.ts';

const shape = { type: 'Thing', table: table('thing', { id: f.uuid(), name: f.string(80), count: f.integer(), salary: f.integer({ restricted: true }), secret: f.string(80, { hidden: true }), friends: f.uuids({ relation: true }) }) };
const caller = (role: Role) => new Caller({ id: 'p', role });
const asked = (query: string, role: Role = 'user') => inline(join(filters(shape, caller(role), new URLSearchParams(query)), ' and '));

describe('what a list shows', () => {
  it('leaves out hidden columns for everybody, restricted ones for those who do not manage, relations unless wanted', () => {
    expect(inline(selectList(shape, caller('user'), false))).toBe(`t."id", t."name", t."count", 'Thing' as type`);
    expect(inline(selectList(shape, caller('admin'), true))).toBe(`t."id", t."name", t."count", t."salary", t."friends", 'Thing' as type`);
  });
  it('is narrowed to the wanted keys, never widened', () => {
    expect(inline(selectList(shape, caller('user'), false, ['name', 'secret', 'salary']))).toBe(`t."name", 'Thing' as type`);
  });
});

describe('a filter', () => {
  it('asks for equality, of one or of several values', () => {
    expect(asked('name=a')).toContain("'a'");
    expect(asked('name=["a","b"]')).toMatch(/'a'.* or .*'b'/);
    expect(asked('name=[]')).toBe('false');
  });
  it('ignores names that are no fields, and controls', () => {
    expect(asked('nothing=1&page=2&relations=true')).toBe('');
  });
  it.each(['secret=a', 'salary=1'])('is refused on a column that the caller may not read: %s', (query) => {
    expect(() => asked(query)).toThrow('cannot be filtered on');
  });
  it('is taken from who may read the column', () => {
    expect(asked('salary=1', 'admin')).toContain('salary');
    expect(() => asked('secret=1', 'admin')).toThrow('cannot be filtered on');
  });
  it.each(['name=[a', 'count=many', 'id=7'])('of a wrong kind is refused: %s', (query) => {
    expect(() => asked(query)).toThrow();
  });
});

describe('a page', () => {
  it.each([['', null], ['page=1', { page: 1, limit: 100, offset: 0 }], ['page=3&limit=20', { page: 3, limit: 20, offset: 40 }], ['page=-1', { page: -1, limit: 100, offset: -200 }], ['limit=5', null]])('of ?%s', (query, page) => {
    expect(pageOf(new URLSearchParams(query))).toEqual(page);
  });
  it.each(['page=x', 'page=1&limit=0', 'page=1&limit=10001', 'page=1.5', 'page=99999999999'])('is refused for ?%s', (query) => {
    expect(() => pageOf(new URLSearchParams(query))).toThrow();
  });
});

it.each([['a=true', true], ['a=True', true], ['a=false', false], ['a=1', false], ['', false]])('?%s is yes: %s', (query, yes) => {
  expect(flag(new URLSearchParams(query), 'a')).toBe(yes);
});
