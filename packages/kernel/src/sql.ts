/** Text with `?` where the parameters go. */
export type Statement = { text: string; params: unknown[] };

/**
 * A statement from a template: every value becomes a parameter, a nested statement is taken in as it is.
 * `sql\`update task set name = ${name} where id = ${id}\``
 */
export const sql = (parts: TemplateStringsArray, ...values: unknown[]): Statement => {
  let text = parts[0]!;
  const params: unknown[] = [];
  values.forEach((value, i) => {
    if (isStatement(value)) {
      text += value.text;
      params.push(...value.params);
    } else {
      text += '?';
      params.push(value);
    }
    text += parts[i + 1]!;
  });
  return { text, params };
};

const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' && value !== null && 'text' in value && 'params' in value && Array.isArray((value as Statement).params);

/** SQL that comes from our own declarations (names of columns and tables), never from a caller. */
export const raw = (text: string): Statement => ({ text, params: [] });

/** Statements joined by a separator; nothing for no statements. */
export const join = (parts: Statement[], separator = ', '): Statement =>
  ({ text: parts.map((p) => p.text).join(separator), params: parts.flatMap((p) => p.params) });

/**
 * The statement as one text with its values written in, for batches that travel in one round trip.
 * Relies on `standard_conforming_strings` (on by default), so that only quotes need doubling.
 * @throws TypeError for a value that has no SQL form (a function, NaN).
 */
export const inline = ({ text, params }: Statement): string => {
  if (params.length === 0) return text;
  const pieces = text.split('?');
  if (pieces.length !== params.length + 1) throw new TypeError(`${pieces.length - 1} places for ${params.length} values: ${text}`);
  return pieces.reduce((all, piece, i) => all + (i === 0 ? '' : literal(params[i - 1])) + piece, '');
};

/** One value as an SQL literal. Objects and arrays of objects are jsonb; arrays of texts are text[] for the column to cast. */
export const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`no SQL for the number ${value}`);
    return String(value);
  }
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return quote(textArray(value));
  if (typeof value === 'object') return `${quote(JSON.stringify(value))}::jsonb`;
  throw new TypeError(`no SQL for a ${typeof value}`);
};

// NUL has no place in PostgreSQL's texts; input is refused at the door, and a stored one must not stop a projector.
const quote = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;

/** The text form of a PostgreSQL array, for `uuid[]` and `text[]` columns. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((v) => `"${v.replaceAll('\0', '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** A value for a jsonb column (an array of texts would otherwise be taken for a text[]). */
export const json = (value: unknown): Statement => ({ text: '?::jsonb', params: [value === undefined || value === null ? null : JSON.stringify(value)] });
