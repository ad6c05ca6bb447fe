import { Invalid } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { clipsOfEdl, clipsOfOtio, DEFAULT_CONVENTION, namesBy } from './otio.ts';

const time = (value: number) => ({ OTIO_SCHEMA: 'RationalTime.1', rate: 25, value });
const range = (start: number, frames: number) => ({ OTIO_SCHEMA: 'TimeRange.1', start_time: time(start), duration: time(frames) });
const clip = (name: string, more: object) => ({ OTIO_SCHEMA: 'Clip.1', name, source_range: null, ...more });
const timeline = (...tracks: object[]) => JSON.stringify({ OTIO_SCHEMA: 'Timeline.1', tracks: { OTIO_SCHEMA: 'Stack.1', children: tracks } });
const track = (kind: string, ...children: object[]) => ({ OTIO_SCHEMA: 'Track.1', kind, children });

describe('clips of an OpenTimelineIO file', () => {
  it('come from picture tracks, nested or not', () => expect(clipsOfOtio(timeline(track('Video', clip('a', { source_range: range(0, 24) }),
    { OTIO_SCHEMA: 'Stack.1', children: [track('Video', clip('b', { source_range: range(24, 12) }))] }), track('Audio', clip('c', { source_range: range(0, 9) })))))
    .toEqual([{ name: 'a', start: 0, frames: 24 }, { name: 'b', start: 24, frames: 12 }]));
  it('take the range of the media where they have none', () => expect(clipsOfOtio(timeline(track('Video', clip('a', { media_reference: { available_range: range(5, 7) } }))))).toEqual([{ name: 'a', start: 5, frames: 7 }]));
  it.each([['{nothing'], ['[1]'], ['{"tracks": []}'], [timeline(track('Video', clip('a', {})))], [timeline(track('Video', clip('a', { source_range: range(0, 1e12) })))]])('refuse %s', (text) => expect(() => clipsOfOtio(text)).toThrow(Invalid));
});

describe('clips of an edit decision list', () => {
  const edl = 'TITLE: CUT\n001  AX  V  C  00:00:01:00 00:00:02:12 01:00:00:00 01:00:01:12\n* FROM CLIP NAME: Film_SQ1-SH1\n002  AX  A  C  00:00:00:00 00:00:09:00 01:00:00:00 01:00:09:00\n';
  it('are its named picture events, in frames', () => expect(clipsOfEdl(edl, 25)).toEqual([{ name: 'Film_SQ1-SH1', start: 25, frames: 37 }]));
  it('refuse a text without events', () => expect(() => clipsOfEdl('text', 25)).toThrow(Invalid));
});

describe('naming conventions', () => {
  it('read the default names', () => expect({ ...namesBy(DEFAULT_CONVENTION)('Film_SQ1-SH1') }).toEqual({ project_name: 'Film', sequence_name: 'SQ1', shot_name: 'SH1' }));
  it('answer null for other names', () => expect(namesBy(DEFAULT_CONVENTION)('no name of ours')).toBeNull());
  it('take what stands around the names as it is', () => expect(namesBy('(${sequence_name}).${shot_name}')('(SQ1).SH1')).toMatchObject({ sequence_name: 'SQ1', shot_name: 'SH1' }));
  it.each([['${shot_name}'], ['${sequence_name}_${shot_name}_${colour}'], ['${shot_name}_${shot_name}_${sequence_name}']])('refuse %s', (convention) => expect(() => namesBy(convention)).toThrow(Invalid));
});
