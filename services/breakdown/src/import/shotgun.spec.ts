import { describe, expect, it } from 'vitest';
import { shotData } from './shotgun.ts';

describe('what Shotgun says of a shot', () => {
  it('gives frames and the studio\'s own fields', () => expect(shotData({ sg_cut_in: 1, sg_cut_duration: 10, sg_custom: 'yes', sg_sequence: { id: 1 } })).toEqual({ frame_in: 1, frame_out: 11, sg_cut_duration: 10, sg_custom: 'yes' }));
  it('takes the last frame that is given', () => expect(shotData({ sg_cut_in: 1, sg_cut_out: 5 })).toEqual({ frame_in: 1, frame_out: 5 }));
  it('is nothing where nothing is said', () => expect(shotData({ code: 'SH1' })).toBeNull());
});
