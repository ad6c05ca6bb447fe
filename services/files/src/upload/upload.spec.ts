import { DomainError, Invalid } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import { describe, expect, it } from 'vitest';
import { disposition, rangeOf } from '../storage/serve-object.ts';
import { previewKeys } from '../storage/keys.ts';
import { checkContent, previewKind } from './kinds.ts';
import { extensionOf, plainName, receive, receiveOne } from './receive.ts';

const requestOf = (body: FormData) => {
  const { headers, body: stream } = new Request('http://files', { method: 'POST', body });
  return { headers, stream };
};
const read = async (body: AsyncIterable<Uint8Array>) => {
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('names of uploads', () => {
  it('lose their folders, control characters and leading dots', () =>
    expect(['../../etc/passwd', 'C:\\take.mp4', '..', 'a\u0000b.png', '.htaccess'].map(plainName)).toEqual(['passwd', 'take.mp4', '', 'ab.png', 'htaccess']));
  it('end in their extension', () => expect(['Take.MP4', 'noext', 'a.tar.gz'].map(extensionOf)).toEqual(['mp4', 'noext', 'gz']));
  it('never become part of a key', () => expect(() => previewKeys('../../etc/passwd')).toThrow());
});

describe('kinds of previews', () => {
  it('are told by the extension', () => {
    expect(['png', 'mov', 'pdf'].map(previewKind)).toEqual(['picture', 'movie', 'file']);
    for (const wrong of ['exe', 'html', 'txt', 'noext', '']) expect(() => previewKind(wrong)).toThrow(Invalid);
  });
  const check = (extension: string, bytes: string) => () => checkContent(extension, previewKind(extension), sniff(Buffer.from(bytes, 'latin1')));
  it('are proved by the bytes', () => {
    expect(check('png', '\x89PNG\r\n\x1a\n')).not.toThrow();
    expect(check('mp4', 'nobody knows')).not.toThrow();
    expect(check('zip', 'MZ')).toThrow(Invalid);
    expect(check('png', 'nobody knows')).toThrow(Invalid);
    expect(check('mp4', '\x89PNG\r\n\x1a\n')).toThrow(Invalid);
    expect(check('pdf', '\x89PNG\r\n\x1a\n')).toThrow(Invalid);
  });
});

describe('a form', () => {
  it('is read file by file, with its other fields', async () => {
    const form = new FormData();
    form.set('comment', 'look');
    form.append('file', new Blob(['first']), 'a.txt');
    form.append('file', new Blob([new Uint8Array(100_000)]), 'b.bin');
    const { files, fields } = await receive(requestOf(form), async (f) => [f.name, f.firstBytes.length, (await read(f.body)).length], { maxBytes: 200_000 });
    expect([files, fields]).toEqual([[['a.txt', 5, 5], ['b.bin', 512, 100_000]], { comment: 'look' }]);
  });
  it('is refused as soon as a file is, and what follows is dropped', async () => {
    const form = new FormData();
    for (const name of ['bad.txt', 'next.txt']) form.append('file', new Blob([new Uint8Array(300_000)]), name);
    await expect(receive(requestOf(form), async (f) => { throw new Invalid(`${f.name} is refused.`); }, { maxBytes: 400_000 })).rejects.toThrow('bad.txt is refused.');
  });
  it.each([65_537, 70_000])('is refused with 413 when a file has %d bytes of 65,536', async (size) => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(size)]), 'a.bin');
    await expect(receive(requestOf(form), (f) => read(f.body), { maxBytes: 65_536 })).rejects.toMatchObject({ status: 413 });
  });
  it('is taken with a file as large as may be', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(65_536)]), 'a.bin');
    expect((await receive(requestOf(form), (f) => read(f.body), { maxBytes: 65_536 })).files.map((bytes) => bytes.length)).toEqual([65_536]);
  });
  it('is refused with more files than may be, and cut short where only the first counts', async () => {
    const form = new FormData();
    for (const name of ['a.bin', 'b.bin', 'c.bin']) form.append('file', new Blob(['x']), name);
    await expect(receive(requestOf(form), (f) => read(f.body), { maxBytes: 10, maxFiles: 2 })).rejects.toThrow('at most 2 files');
    expect((await receiveOne(requestOf(form), async (f) => f.name, { maxBytes: 10 })).file).toBe('a.bin');
  });
  it('that ends early is refused', async () => {
    const stream = new Response('--X\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf').body;
    await expect(receive({ headers: new Headers({ 'content-type': 'multipart/form-data; boundary=X' }), stream }, (f) => read(f.body), { maxBytes: 100 })).rejects.toThrow(Invalid);
  });
  it('without a boundary is refused, and what is no form has no files', async () => {
    const stream = new Response('x').body;
    await expect(receive({ headers: new Headers({ 'content-type': 'multipart/form-data' }), stream }, (f) => read(f.body), { maxBytes: 100 })).rejects.toThrow(Invalid);
    expect(await receive({ headers: new Headers({ 'content-type': 'application/json' }), stream: null }, (f) => read(f.body), { maxBytes: 100 })).toEqual({ files: [], fields: {} });
  });
});

describe('ranges', () => {
  it('are one part of the whole, ends included', () => {
    expect(rangeOf('bytes=0-9', 100)).toEqual({ start: 0, end: 9 });
    expect(rangeOf('bytes=90-', 100)).toEqual({ start: 90, end: 99 });
    expect(rangeOf('bytes=90-200', 100)).toEqual({ start: 90, end: 99 });
    expect(rangeOf('bytes=-10', 100)).toEqual({ start: 90, end: 99 });
    expect(rangeOf('bytes=-200', 100)).toEqual({ start: 0, end: 99 });
  });
  it('that are none, or several, give the whole', () => {
    for (const header of [null, '', 'bytes=', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=9-1']) expect(rangeOf(header, 100)).toBeNull();
  });
  it('behind the end are refused with 416', () => {
    for (const header of ['bytes=100-', 'bytes=-0']) expect(() => rangeOf(header, 100)).toThrow(DomainError);
  });
});

it('a file is offered under its name in ASCII and in full', () =>
  expect(disposition('attachment', 'Prévisu "3".mp4')).toBe(`attachment; filename="Previsu 3.mp4"; filename*=UTF-8''Pr%C3%A9visu%20%223%22.mp4`));
