import { open } from 'node:fs/promises';
import { BrokenMedia } from './errors.ts';

export type MediaKind = 'movie' | 'picture' | 'audio' | 'document' | 'archive' | 'program';
/** What a file really is. `extensions` are those that may carry it, the usual one first. */
export type Format = { name: string; kind: MediaKind; contentType: string; extensions: readonly string[] };

/** Enough for every signature below; a tar's is at 257. */
export const SNIFF_BYTES = 512;
/** A picture of more pixels is refused: decoded it would take over a gigabyte. 300 million are 17,000 x 17,000. */
export const MOST_PIXELS = 300_000_000;

const format = (name: string, kind: MediaKind, contentType: string, ...extensions: string[]): Format =>
  ({ name, kind, contentType, extensions: extensions.length > 0 ? extensions : [name] });

const QUICKTIME = ['mp4', 'mov', 'm4v', 'qt', '3gp'];
const FORMATS = {
  png: format('png', 'picture', 'image/png'),
  jpg: format('jpg', 'picture', 'image/jpeg', 'jpg', 'jpeg', 'jpe'),
  gif: format('gif', 'picture', 'image/gif'),
  webp: format('webp', 'picture', 'image/webp'),
  tiff: format('tiff', 'picture', 'image/tiff', 'tiff', 'tif'),
  bmp: format('bmp', 'picture', 'image/bmp'),
  exr: format('exr', 'picture', 'image/x-exr'),
  hdr: format('hdr', 'picture', 'image/vnd.radiance', 'hdr', 'pic'),
  psd: format('psd', 'picture', 'image/vnd.adobe.photoshop', 'psd', 'psb'),
  dpx: format('dpx', 'picture', 'image/x-dpx'),
  heif: format('heif', 'picture', 'image/heif', 'heic', 'heif', 'hif'),
  avif: format('avif', 'picture', 'image/avif'),
  mp4: format('mp4', 'movie', 'video/mp4', ...QUICKTIME),
  mov: format('mov', 'movie', 'video/quicktime', ...QUICKTIME),
  m4a: format('m4a', 'audio', 'audio/mp4', 'm4a', 'mp4', 'aac'),
  webm: format('webm', 'movie', 'video/webm', 'webm', 'mkv'),
  mkv: format('mkv', 'movie', 'video/x-matroska', 'mkv', 'webm', 'mka'),
  avi: format('avi', 'movie', 'video/x-msvideo'),
  wmv: format('wmv', 'movie', 'video/x-ms-wmv', 'wmv', 'asf', 'wma'),
  flv: format('flv', 'movie', 'video/x-flv'),
  mpg: format('mpg', 'movie', 'video/mpeg', 'mpg', 'mpeg', 'vob'),
  ts: format('ts', 'movie', 'video/mp2t', 'ts', 'mts', 'm2ts'),
  mxf: format('mxf', 'movie', 'application/mxf'),
  wav: format('wav', 'audio', 'audio/wav', 'wav', 'wave'),
  mp3: format('mp3', 'audio', 'audio/mpeg'),
  aac: format('aac', 'audio', 'audio/aac'),
  flac: format('flac', 'audio', 'audio/flac'),
  ogg: format('ogg', 'audio', 'audio/ogg', 'ogg', 'oga', 'opus', 'ogv'),
  aiff: format('aiff', 'audio', 'audio/aiff', 'aiff', 'aif', 'aifc'),
  pdf: format('pdf', 'document', 'application/pdf', 'pdf', 'ai'),
  glb: format('glb', 'document', 'model/gltf-binary'),
  blend: format('blend', 'document', 'application/x-blender'),
  zip: format('zip', 'archive', 'application/zip', 'zip', 'usdz', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'kra', 'jar'),
  gz: format('gz', 'archive', 'application/gzip', 'gz', 'tgz', 'blend', 'prproj', 'aep'),
  '7z': format('7z', 'archive', 'application/x-7z-compressed'),
  rar: format('rar', 'archive', 'application/vnd.rar'),
  tar: format('tar', 'archive', 'application/x-tar'),
  exe: format('exe', 'program', 'application/octet-stream', 'exe', 'dll', 'so', 'dylib', 'com', 'scr'),
} satisfies Record<string, Format>;

type Name = keyof typeof FORMATS;
/** Signatures in the order of trial: offset, bytes (latin-1), what they mean. Source: the formats' own specifications. */
const SIGNATURES: readonly (readonly [number, string, Name])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'png'], [0, '\xff\xd8\xff', 'jpg'], [0, 'GIF87a', 'gif'], [0, 'GIF89a', 'gif'],
  [0, 'II*\0', 'tiff'], [0, 'MM\0*', 'tiff'], [0, 'II+\0', 'tiff'], [0, 'MM\0+', 'tiff'],
  [0, 'v/1\x01', 'exr'], [0, '#?RADIANCE', 'hdr'], [0, '#?RGBE', 'hdr'], [0, '8BPS', 'psd'], [0, 'SDPX', 'dpx'], [0, 'XPDS', 'dpx'],
  [4, 'moov', 'mov'], [4, 'mdat', 'mov'], [4, 'wide', 'mov'], [4, 'pnot', 'mov'],
  [0, '0&\xb2u\x8ef\xcf\x11', 'wmv'], [0, 'FLV\x01', 'flv'], [0, '\0\0\x01\xba', 'mpg'], [0, '\0\0\x01\xb3', 'mpg'],
  [0, '\x06\x0e+4\x02\x05\x01\x01', 'mxf'],
  [0, 'ID3', 'mp3'], [0, 'fLaC', 'flac'], [0, 'OggS', 'ogg'], [8, 'AIFF', 'aiff'], [8, 'AIFC', 'aiff'],
  [0, '%PDF-', 'pdf'], [0, 'glTF', 'glb'], [0, 'BLENDER', 'blend'],
  [0, 'PK\x03\x04', 'zip'], [0, 'PK\x05\x06', 'zip'], [0, '\x1f\x8b', 'gz'], [0, '7z\xbc\xaf\x27\x1c', '7z'], [0, 'Rar!\x1a\x07', 'rar'],
  [257, 'ustar', 'tar'], [0, '\x7fELF', 'exe'], [0, 'MZ', 'exe'], [0, 'BM', 'bmp'],
];

const HEIF = ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1'];

/** Containers that say what they hold inside themselves. */
const sniffContainer = (bytes: Uint8Array, text: string): Name | null => {
  const at8 = text.slice(8, 12);
  if (text.startsWith('RIFF')) return at8 === 'WEBP' ? 'webp' : at8 === 'AVI ' ? 'avi' : at8 === 'WAVE' ? 'wav' : null;
  if (text.startsWith('\x1aE\xdf\xa3')) return text.slice(0, 64).includes('webm') ? 'webm' : 'mkv';
  if (text.slice(4, 8) === 'ftyp') {
    if (at8 === 'avif' || at8 === 'avis') return 'avif';
    if (HEIF.includes(at8)) return 'heif';
    return at8 === 'qt  ' ? 'mov' : at8.startsWith('M4A') ? 'm4a' : 'mp4';
  }
  if (bytes[0] === 0x47 && bytes[188] === 0x47) return 'ts';
  if (bytes[0] !== 0xff) return null;
  // MPEG audio frames begin with eleven set bits; layer 0 is AAC's.
  if (((bytes[1] ?? 0) & 0xf6) === 0xf0) return 'aac';
  return ((bytes[1] ?? 0) & 0xe0) === 0xe0 && ((bytes[1] ?? 0) & 0x06) !== 0 ? 'mp3' : null;
};

/** The real format by the first bytes (`SNIFF_BYTES` of them, or the whole of a smaller file); null when it is none of ours. */
export const sniff = (firstBytes: Uint8Array): Format | null => {
  const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, Math.min(firstBytes.byteLength, SNIFF_BYTES)).toString('latin1');
  const signature = SIGNATURES.find(([offset, bytes]) => text.startsWith(bytes, offset));
  const name = signature?.[2] ?? sniffContainer(firstBytes, text);
  return name === null ? null : FORMATS[name];
};

/** `sniff` for a file on the disk. */
export const sniffFile = async (path: string): Promise<Format | null> => {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniff(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
};

const KNOWN_EXTENSIONS = new Set(Object.values(FORMATS).flatMap(({ extensions }) => extensions));

/**
 * Refuses a file whose bytes are not what its extension says: a program named `.png`, a picture named `.mp4`. Extensions
 * that have no signature here (`ma`, `obj`, `txt`) may hold anything but a program.
 * @param extension without the dot, in any case.
 * @throws BrokenMedia (400).
 */
export const checkExtension = (extension: string, firstBytes: Uint8Array): Format | null => {
  const wanted = extension.toLowerCase();
  const found = sniff(firstBytes);
  const fits = found?.extensions.includes(wanted) ?? false;
  if (!fits && (KNOWN_EXTENSIONS.has(wanted) || found?.kind === 'program')) {
    throw new BrokenMedia(`The file is named .${wanted} and ${found ? `is ${found.name} inside` : 'is something else inside'}.`);
  }
  return found;
};

/** Refuses a picture that would fill the memory when it is decoded, whatever its file's size. @throws BrokenMedia (400). */
export const refuseBombs = ({ width, height }: { width: number; height: number }): void => {
  if (width * height > MOST_PIXELS) throw new BrokenMedia(`A picture of ${width} x ${height} pixels is too large: at most ${MOST_PIXELS / 1e6} megapixels.`);
};
