import { Readable } from 'node:stream';
import { DomainError, NotFound, Reply, type Request } from '@shotlog/kernel';
import type { ByteRange, Storage } from '@shotlog/media';

/** Types that browsers run or render as pages: they are never shown inline from our origin with rights of ours. */
const ACTIVE = /svg|html|xml|javascript|flash/;
/** Up to here a stream costs more than it saves. */
const AT_ONCE_BYTES = 512 * 1024;
const WEEK_S = 7 * 24 * 60 * 60;

export type Serving = {
  /** Offered for saving under this name instead of shown. */
  download?: string;
  /** The name told for a file that is shown. */
  name?: string;
  /** Replaced in place under the same address (avatars): clients ask each time whether it is still the same. */
  changes?: boolean;
};

/** RFC 6266: an ASCII name for old clients, the whole one beside it. */
export const disposition = (kind: 'inline' | 'attachment', name: string | undefined): string => {
  if (!name) return kind;
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]|["\\/]/g, '').trim() || 'file';
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;
};

/**
 * The one range that a Range header asks for (RFC 9110, 14.1.2). Null: the whole, which also answers units and lists of ranges
 * that are not served in parts. @throws DomainError 416 for a range behind the end.
 */
export const rangeOf = (header: string | null, size: number): Required<ByteRange> | null => {
  const found = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const [first, last] = [found[1]!, found[2]!];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  if (start >= size || (first === '' && Number(last) === 0)) throw new DomainError('Invalid', `The range lies outside the ${size} bytes of the file.`, { status: 416, data: { size_bytes: size } });
  return { start, end };
};

const headersOf = (contentType: string, etag: string, modified: Date, serving: Serving): Record<string, string> => ({
  'content-type': contentType,
  'content-disposition': serving.download ? disposition('attachment', serving.download) : disposition('inline', serving.name),
  etag, 'last-modified': modified.toUTCString(), 'accept-ranges': 'bytes',
  'cache-control': serving.changes ? 'private, no-cache' : `private, max-age=${WEEK_S}`,
  ...(ACTIVE.test(contentType) ? { 'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:" } : {}),
});

const unchanged = (request: Request, etag: string, modified: Date): boolean => {
  const known = request.headers.get('if-none-match');
  if (known !== null) return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
  const since = Date.parse(request.headers.get('if-modified-since') ?? '');
  return !Number.isNaN(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since;
};

/**
 * A stored object as an HTTP answer: whole, a range (206), or 304 when the client has it already. Streams.
 * @throws NotFound (404) when nothing is stored under the key, DomainError 416.
 */
export const serveObject = async (storage: Storage, key: string, request: Request, serving: Serving = {}): Promise<Reply> => {
  const found = await storage.stat(key);
  if (!found) throw new NotFound('stored file');
  const etag = `"${found.size_bytes.toString(36)}-${found.modified_at.getTime().toString(36)}"`;
  const headers = headersOf(found.contentType, etag, found.modified_at, serving);
  if (unchanged(request, etag, found.modified_at)) return new Reply(304, headers, null);
  // A range of what has changed meanwhile would not fit what the client has (RFC 9110, 13.1.5).
  const condition = request.headers.get('if-range');
  const same = condition === null || condition === etag || condition === headers['last-modified'];
  const range = same && found.size_bytes > 0 ? rangeOf(request.headers.get('range'), found.size_bytes) : null;
  if (found.size_bytes === 0) return new Reply(200, { ...headers, 'content-length': '0' }, '');
  const { start, end } = range ?? { start: 0, end: found.size_bytes - 1 };
  const length = end - start + 1;
  const body = length <= AT_ONCE_BYTES ? await storage.bytes(key, { start, end }) : Readable.toWeb(await storage.read(key, { start, end })) as unknown as ReadableStream<Uint8Array>;
  if (!range) return new Reply(200, { ...headers, 'content-length': String(length) }, body);
  return new Reply(206, { ...headers, 'content-length': String(length), 'content-range': `bytes ${start}-${end}/${found.size_bytes}` }, body);
};
