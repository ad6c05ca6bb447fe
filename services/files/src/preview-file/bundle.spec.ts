import { describe, expect, it } from 'vitest';
import { pdfOf, zipOf } from './bundle.ts';
import { drawingSvg } from './draw.ts';

describe('a ZIP', () => {
  it('lists its files where readers look for them', () => {
    const zip = zipOf([{ name: 'a.png', bytes: Buffer.from('one') }, { name: 'b.png', bytes: Buffer.from('two!') }]);
    const end = zip.length - 22;
    expect([zip.readUInt32LE(end), zip.readUInt16LE(end + 10)]).toEqual([0x06054b50, 2]);
    const directory = zip.readUInt32LE(end + 16);
    expect(zip.readUInt32LE(directory)).toBe(0x02014b50);
    const first = zip.readUInt32LE(directory + 42);
    expect(zip.subarray(first + 30, first + 30 + 8).toString()).toBe('a.pngone');
    expect(zip.readUInt32LE(directory + 16)).toBe(0x7a6c86f1);
  });
});

describe('a PDF', () => {
  it('says where each of its objects begins', () => {
    const pdf = pdfOf([{ jpeg: Buffer.from([0xff, 0xd8, 1]), width: 4, height: 3 }, { jpeg: Buffer.from([0xff, 0xd8, 2]), width: 8, height: 6 }]).toString('latin1');
    const table = Number(/startxref\n(\d+)/.exec(pdf)![1]);
    const offsets = [...pdf.slice(table).matchAll(/(\d{10}) 00000 n/g)].map((m) => Number(m[1]));
    expect(offsets.map((o, i) => pdf.startsWith(`${i + 1} 0 obj`, o))).toEqual(offsets.map(() => true));
    expect(pdf).toContain('/Count 2');
  });
});

describe('drawings as SVG', () => {
  const svg = (object: object) => drawingSvg({ drawing: { objects: [object] } } as any, 100, 50);
  it('stand where they were drawn, on a canvas of another size too', () => {
    expect(svg({ type: 'path', path: [['M', 10, 20], ['L', 30, 40]], left: 5, top: 6, angle: 45, stroke: '#00ff00', canvasWidth: 200, canvasHeight: 100 }))
      .toContain('viewBox="0 0 200 100" preserveAspectRatio="none"><g opacity="1" transform="translate(5 6) rotate(45) scale(1 1)"><path d="M 10 20 L 30 40" transform="translate(-10 -20)" stroke="#00ff00"');
  });
  it('hold numbers, colours and escaped text alone', () => {
    const nasty = svg({ type: 'text', text: '<image href="file:///etc/passwd"/>', fill: 'url(http://evil)"', left: '"><script>', fontSize: 'x' });
    expect(nasty).not.toMatch(/<image|<script|evil/);
    expect(nasty).toContain('&#60;image');
    expect(svg({ type: 'path', path: [['M', '0"/><script>', 1]], stroke: 'red" onload="x' })).not.toMatch(/script|onload/);
  });
  it('leave out what nobody knows', () => expect(svg({ type: 'image', src: 'http://evil' })).not.toContain('<g'));
});
