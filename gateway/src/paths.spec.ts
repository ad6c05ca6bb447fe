import { describe, expect, it } from 'vitest';
import { pathPattern } from './paths.ts';

describe('path patterns', () => {
  it('takes parameters out of whole segments and of parts of them', () => {
    expect(pathPattern('/data/shots/{shot_id}').params('/data/shots/sh010')).toEqual({ shot_id: 'sh010' });
    expect(pathPattern('/pictures/originals/preview-files/{instance_id}.{extension}').params('/pictures/originals/preview-files/abc.exr')).toEqual({ instance_id: 'abc', extension: 'exr' });
  });
  it('keeps what stands around a parameter literal', () => {
    expect(pathPattern('/movies/low/preview-files/{instance_id}.mp4').params('/movies/low/preview-files/abcXmp4')).toBeNull();
  });
  it('decodes what was encoded, and leaves what was encoded wrongly', () => {
    expect(pathPattern('/x/{name}').params('/x/a%20b')).toEqual({ name: 'a b' });
    expect(pathPattern('/x/{name}').params('/x/%E0%A4%A')).toEqual({ name: '%E0%A4%A' });
  });
  it('ranks the literal before the parameter', () => {
    expect(pathPattern('/data/shots/all').rank < pathPattern('/data/shots/{shot_id}').rank).toBe(true);
    expect(pathPattern('/p/{id}.png').rank < pathPattern('/p/{id}').rank).toBe(true);
  });
});
