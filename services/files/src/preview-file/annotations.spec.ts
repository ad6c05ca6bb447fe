import { describe, expect, it } from 'vitest';
import { AnnotationChanges, mergeAnnotations, type Annotation } from './annotations.ts';

const stroke = (id: string, left = 0) => ({ id, left });
const at = (time: number, ...objects: { id: string; left: number }[]): Annotation => ({ time, drawing: { objects } });
const merged = (before: Annotation[], changes: object) => mergeAnnotations(before, AnnotationChanges.parse(changes));

describe('merging annotations', () => {
  it('keeps moments in the order of time', () =>
    expect(merged([at(2, stroke('b'))], { additions: [at(1, stroke('a'))] }).map((a) => a.time)).toEqual([1, 2]));
  it('adds to a moment that is there, and keeps what the moment says of itself', () =>
    expect(merged([{ ...at(0, stroke('a')), width: 640 }], { additions: [at(0, stroke('b'))] })).toEqual([{ ...at(0, stroke('a'), stroke('b')), width: 640 }]));
  it('adds a drawing once', () => expect(merged([at(0, stroke('a', 1))], { additions: [at(0, stroke('a', 9))] })).toEqual([at(0, stroke('a', 1))]));
  it('lays a changed drawing on top', () =>
    expect(merged([at(0, stroke('a'), stroke('b'))], { updates: [at(0, stroke('a', 5))] })).toEqual([at(0, stroke('b'), stroke('a', 5))]));
  it('changes nothing that is not there', () =>
    expect(merged([at(0, stroke('a'))], { updates: [at(0, stroke('z')), at(9, stroke('a', 5))] })).toEqual([at(0, stroke('a'))]));
  it('erases drawings, and the moment with its last', () =>
    expect(merged([at(0, stroke('a'), stroke('b')), at(1, stroke('c'))], { deletions: [{ time: 0, objects: ['a', 'z'] }, { time: 1, objects: ['c'] }] })).toEqual([at(0, stroke('b'))]));
  it('makes no moment without drawings', () => expect(merged([], { additions: [at(1)] })).toEqual([]));
});
