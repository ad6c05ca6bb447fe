import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import busboy from 'busboy';
import { DomainError, Invalid, type Request } from '@shotlog/kernel';
import { parse } from 'csv-parse/sync';

const MAX_BYTES = 20 * 1024 * 1024;

export type Upload = { name: string; bytes: Buffer; fields: Record<string, string> };

/** The one file of a form, whole, with the form's other fields. @throws Invalid (400) without one, 413 for one over 20 MiB. */
export const uploaded = async (request: Request): Promise<Upload> => {
  if (!request.stream || !(request.headers.get('content-type') ?? '').includes('multipart/form-data')) throw new Invalid('A form with the file in its field "file" is needed.');
  const fields: Record<string, string> = {};
  let found: { name: string; chunks: Buffer[] } | null = null;
  let cut = false;
  try {
    const form = busboy({ headers: Object.fromEntries(request.headers.entries()), limits: { files: 1, fileSize: MAX_BYTES } });
    form.on('field', (name, value) => { fields[name] = value; });
    form.on('file', (_, file, info) => {
      const chunks: Buffer[] = [];
      found = { name: info.filename ?? '', chunks };
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A form that is cut off ends the file with an error too; the form's own says so.
      file.on('error', () => {});
      file.on('limit', () => { cut = true; });
    });
    await pipeline(Readable.fromWeb(request.stream as NodeStream), form);
  } catch (error) {
    throw new Invalid(`The form is broken: ${(error as Error).message}`);
  }
  if (cut) throw new DomainError('Invalid', `The file is larger than ${MAX_BYTES} bytes.`, { status: 413 });
  const file = found as { name: string; chunks: Buffer[] } | null;
  if (file === null) throw new Invalid('A form with the file in its field "file" is needed.');
  return { name: file.name, bytes: Buffer.concat(file.chunks), fields };
};

/** A line of a table. `line` counts from 1, the header's. */
export type Row = { line: number; cells: Record<string, string> };

/** What is wrong with a line: nothing of the file was taken. */
export const problem = (line: number, message: string): Invalid => new Invalid(`Line ${line}: ${message} Nothing was imported.`, { extra: { line_number: line, imported_rows: 0 } });

/** A cell that a line must have. @throws Invalid (400) naming line and column. */
export const needed = (row: Row, column: string): string => {
  const value = row.cells[column];
  if (value === undefined) throw problem(row.line, `the column "${column}" is missing.`);
  if (value === '') throw problem(row.line, `"${column}" is empty.`);
  return value;
};

/** A whole number of a cell; null where it is empty or missing. */
export const wholeNumber = (row: Row, column: string): number | null => {
  const value = row.cells[column];
  if (value === undefined || value === '') return null;
  if (!/^-?\d{1,9}$/.test(value)) throw problem(row.line, `"${column}" must be a whole number, not "${value.slice(0, 60)}".`);
  return Number(value);
};

/**
 * The lines of a CSV file, cells trimmed, by the names of the header. Comma or semicolon: whichever the header has more of.
 * @throws Invalid (400) for what is no table.
 */
export const rowsOf = (bytes: Buffer): Row[] => {
  const text = bytes.toString('utf8');
  if (text.includes('\0')) throw new Invalid('The file holds NUL characters: it is no CSV table.');
  const header = text.split('\n', 1)[0] ?? '';
  if (header.trim() === '') throw new Invalid('The file has no header: its first line names the columns.');
  const delimiter = header.split(';').length > header.split(',').length ? ';' : ',';
  try {
    const parsed = parse(text, { columns: true, delimiter, bom: true, skip_empty_lines: true, trim: true, relax_column_count: true, info: true }) as { info: { lines: number }; record: Record<string, string> }[];
    return parsed.map(({ info, record }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    throw new Invalid(`The file is no CSV table: ${(error as Error).message}`);
  }
};
