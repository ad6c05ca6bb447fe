import { Invalid } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { needed, rowsOf, wholeNumber } from './csv-file.ts';

const rows = (text: string) => rowsOf(Buffer.from(text));

describe('a CSV file', () => {
  it('is read by the names of its header, with the number of each line', () => expect(rows('Type,Name\nProp, Cup \n\nProp,Pan\n')).toEqual([
    { line: 2, cells: { Type: 'Prop', Name: 'Cup' } }, { line: 4, cells: { Type: 'Prop', Name: 'Pan' } }]));
  it('may separate by semicolons', () => expect(rows('Sequence;Name\nSQ1;SH1,b\n')[0]!.cells).toEqual({ Sequence: 'SQ1', Name: 'SH1,b' }));
  it('may start with a byte order mark and quote', () => expect(rows('\uFEFFName,Description\nA,"x, y"\n')[0]!.cells).toEqual({ Name: 'A', Description: 'x, y' }));
  it.each([[''], ['\n'], ['a,b\n"open'], ['a\0b\n1']])('refuses %j', (text) => expect(() => rows(text)).toThrow(Invalid));
});

describe('a line', () => {
  const row = { line: 7, cells: { Name: '', Frames: 'many', In: '12' } };
  it('tells the line and the column that is missing', () => expect(() => needed(row, 'Sequence')).toThrow(/Line 7.*"Sequence"/));
  it('tells an empty cell that is needed', () => expect(() => needed(row, 'Name')).toThrow(/"Name" is empty/));
  it('tells what is no number', () => expect(() => wholeNumber(row, 'Frames')).toThrow(/whole number/));
  it('reads numbers, and nothing as nothing', () => expect([wholeNumber(row, 'In'), wholeNumber(row, 'Out')]).toEqual([12, null]));
});
