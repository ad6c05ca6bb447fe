import { describe, expect, it } from 'vitest';
import { BrokenMedia } from './errors.ts';
import { checkExtension, refuseBombs, sniff } from './sniff.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const png = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR');
const mp4 = bytes('\0\0\0\x20ftypisom\0\0\x02\0');
const elf = bytes('\x7fELF\x02\x01\x01');

describe('sniffing', () => {
  it.each([
    ['png', png], ['jpg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')], ['gif', bytes('GIF89a')], ['webp', bytes('RIFF\x24\0\0\0WEBPVP8 ')],
    ['tiff', bytes('II*\0\x08\0')], ['tiff', bytes('MM\0*\0\0')], ['exr', bytes('v/1\x01\x02\0\0\0')], ['hdr', bytes('#?RADIANCE\nFORMAT=')],
    ['bmp', bytes('BM\x36\0')], ['psd', bytes('8BPS\0\x01')], ['heif', bytes('\0\0\0\x18ftypheic')], ['avif', bytes('\0\0\0\x20ftypavif')],
    ['mp4', mp4], ['mov', bytes('\0\0\0\x14ftypqt  ')], ['mov', bytes('\0\0\0\x08wide\0\0\0\0mdat')], ['m4a', bytes('\0\0\0\x20ftypM4A ')],
    ['webm', bytes('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm')], ['mkv', bytes('\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska')],
    ['avi', bytes('RIFF\x24\0\0\0AVI LIST')], ['wav', bytes('RIFF\x24\0\0\0WAVEfmt ')], ['mp3', bytes('ID3\x04\0')], ['mp3', bytes('\xff\xfb\x90\x64')],
    ['aac', bytes('\xff\xf1\x50\x80')], ['flac', bytes('fLaC')], ['ogg', bytes('OggS')], ['pdf', bytes('%PDF-1.7')], ['zip', bytes('PK\x03\x04')],
    ['gz', bytes('\x1f\x8b\x08')], ['7z', bytes('7z\xbc\xaf\x27\x1c')], ['tar', bytes(`${'\0'.repeat(257)}ustar`)], ['exe', elf], ['exe', bytes('MZ\x90\0')],
    ['ts', bytes(`\x47${'\0'.repeat(187)}\x47`)],
  ])('knows %s', (name, head) => expect(sniff(head)?.name).toBe(name));
  it.each(['', 'a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '#EXTM3U\n#EXTINF:1,\nhttp://10.0.0.1/x.ts', 'ffconcat version 1.0\nfile x', 'RIFF\0\0\0\0TEXT'])(
    'knows nothing of %j', (text) => expect(sniff(bytes(text))).toBeNull());
});

describe('extensions', () => {
  it('takes what is what it says, in any case', () => {
    expect(checkExtension('PNG', png)?.contentType).toBe('image/png');
    expect(checkExtension('mov', mp4)?.name).toBe('mp4');
  });
  it('takes anything harmless under an extension without a signature', () => expect(checkExtension('ma', bytes('//Maya ASCII'))).toBeNull());
  it.each([['mp4', png], ['png', mp4], ['jpg', png], ['pdf', bytes('PK\x03\x04')], ['mp4', bytes('#EXTM3U')], ['ma', elf], ['png', Buffer.alloc(0)]])(
    'refuses what is named .%s and is not', (extension, head) => expect(() => checkExtension(extension, head)).toThrow(BrokenMedia));
});

describe('decompression bombs', () => {
  it('takes 300 megapixels', () => expect(() => refuseBombs({ width: 20_000, height: 15_000 })).not.toThrow());
  it('refuses one line more', () => expect(() => refuseBombs({ width: 20_000, height: 15_001 })).toThrow(BrokenMedia));
});
