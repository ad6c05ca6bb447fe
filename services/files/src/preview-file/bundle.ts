import { crc32 } from 'node:zlib';

/** A file of a bundle. */
export type Entry = { name: string; bytes: Buffer };

const header = (signature: number, fields: readonly (readonly [2 | 4, number])[]): Buffer => {
  const bytes = Buffer.alloc(4 + fields.reduce((sum, [size]) => sum + size, 0));
  let at = bytes.writeUInt32LE(signature);
  for (const [size, value] of fields) at = size === 2 ? bytes.writeUInt16LE(value, at) : bytes.writeUInt32LE(value, at);
  return bytes;
};
/** 1980-01-01, the first day that the format knows: the same frames give the same bytes. */
const DAY = 0x21;
const UTF8 = 0x800;

/** A ZIP archive (PKWARE APPNOTE 6.3.3) of files that are packed already, stored as they are. Below 4 GiB. */
export const zipOf = (entries: readonly Entry[]): Buffer => {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const title = Buffer.from(name);
    const facts = [[2, UTF8], [2, 0], [2, 0], [2, DAY], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, title.length], [2, 0]] as const;
    const local = [header(0x04034b50, [[2, 20], ...facts]), title, bytes];
    directory.push(header(0x02014b50, [[2, 20], [2, 20], ...facts, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), title);
    bodies.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const index = Buffer.concat(directory);
  return Buffer.concat([...bodies, index, header(0x06054b50, [[2, 0], [2, 0], [2, entries.length], [2, entries.length], [4, index.length], [4, offset], [2, 0]])]);
};

/** A page of a document: a JPEG with its size in pixels. */
export type Page = { jpeg: Buffer; width: number; height: number };

/** A PDF (ISO 32000-1) with a picture on each page, one point for each pixel. */
export const pdfOf = (pages: readonly Page[]): Buffer => {
  const objects: Buffer[] = [];
  const add = (head: string, stream?: Buffer): number => {
    objects.push(stream ? Buffer.concat([Buffer.from(`${head}\nstream\n`), stream, Buffer.from('\nendstream')]) : Buffer.from(head));
    return objects.length;
  };
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add('');
  const kids = pages.map(({ jpeg, width, height }) => {
    const image = add(`<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`, jpeg);
    const content = Buffer.from(`q ${width} 0 0 ${height} 0 0 cm /Im Do Q`);
    const drawing = add(`<< /Length ${content.length} >>`, content);
    return add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /XObject << /Im ${image} 0 R >> >> /Contents ${drawing} 0 R >>`);
  });
  objects[1] = Buffer.from(`<< /Type /Pages /Kids [${kids.map((k) => `${k} 0 R`).join(' ')}] /Count ${kids.length} >>`);
  const parts = [Buffer.from('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')];
  const offsets: number[] = [];
  let at = parts[0]!.length;
  objects.forEach((object, i) => {
    offsets.push(at);
    const whole = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(whole);
    at += whole.length;
  });
  const table = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.concat([...parts, Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`)]);
};
