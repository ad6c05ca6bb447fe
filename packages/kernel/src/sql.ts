const MARK = Symbol('statement');

/**
 * SQL with its values beside it. Only `sql`, `raw` and `join` make one: an object of a request that looks like one is a value. In `text`
 * a `?` is the place of a value; a question mark that is meant stands there as NUL, which no SQL holds.
 */
export type Statement = { readonly text: string; readonly params: readonly unknown[]; readonly [MARK]: true };

const PLACE = '?';
const QUESTION_MARK = '\0';
const statement = (text: string, params: readonly unknown[]): Statement => ({ text, params, [MARK]: true });
const meant = (text: string): string => text.replaceAll('\0', '').replaceAll(PLACE, QUESTION_MARK);
const isStatement = (value: unknown): value is Statement => typeof value === 'object' && value !== null && MARK in value;

/**
 * A statement from a template: every value becomes a parameter, a nested statement is taken in as it is. A `?` of the template itself
 * needs nothing: `sql\`select id from task where data ? ${key}\`` asks jsonb for a key.
 */
export const sql = (parts: TemplateStringsArray, ...values: unknown[]): Statement => {
  let text = meant(parts[0]!);
  const params: unknown[] = [];
  values.forEach((value, i) => {
    if (isStatement(value)) {
      text += value.text;
      params.push(...value.params);
    } else {
      text += PLACE;
      params.push(value);
    }
    text += meant(parts[i + 1]!);
  });
  return statement(text, params);
};

/** SQL that comes from our own declarations (names of columns and tables), never from a caller. A `?` in it is meant. */
export const raw = (text: string): Statement => statement(meant(text), []);

/** Statements joined by a separator; nothing for no statements. */
export const join = (parts: Statement[], separator = ', '): Statement =>
  statement(parts.map((p) => p.text).join(meant(separator)), parts.flatMap((p) => p.params));

/**
 * The statement as one text with its values written in: queries and batches travel in one round trip. Relies on
 * `standard_conforming_strings` (on by default), so that only quotes need doubling.
 * @throws TypeError for a value that has no SQL form (a function, NaN).
 */
export const inline = ({ text, params }: Statement): string => {
  const pieces = text.split(PLACE);
  if (pieces.length !== params.length + 1) throw new TypeError(`${pieces.length - 1} places for ${params.length} values: ${text}`);
  return pieces.reduce((all, piece, i) => all + (i === 0 ? '' : literal(params[i - 1])) + piece.replaceAll(QUESTION_MARK, PLACE), '');
};

/**
 * One value as an SQL literal. Objects and arrays of objects are jsonb, times are without zone (UTC); arrays of texts are text[]
 * for the column, or a cast, to take.
 */
export const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  // A minus sign after another one would begin a comment.
  if (typeof value === 'bigint') return value < 0n ? `(${value})` : value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`no SQL for the number ${value}`);
    return value < 0 ? `(${value})` : String(value);
  }
  if (value instanceof Date) return quote(value.toISOString().slice(0, -1));
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return quote(textArray(value));
  if (typeof value === 'object') return `${quote(jsonText(value))}::jsonb`;
  throw new TypeError(`no SQL for a ${typeof value}`);
};

// NUL has no place in PostgreSQL's texts; input is refused at the door, and a stored one must not stop a projector.
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();
const quote = (text: string): string => `'${storable(text).replaceAll("'", "''")}'`;

/** The text form of a PostgreSQL array, for `uuid[]` and `text[]` columns. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((v) => `"${storable(v).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** An escape of NUL or of half a character, which jsonb refuses; `\\\\u0000` is a backslash and five letters. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Whether a value can stand in a jsonb column as it is. */
export const isStorableJson = (value: unknown): boolean => {
  try {
    return !UNSTORABLE.test(JSON.stringify(value) ?? 'null');
  } catch {
    // Nested deeper than the stack.
    return false;
  }
};

const cleaned = (value: unknown): unknown => {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [storable(key), cleaned(v)]));
};
const jsonText = (value: unknown): string => {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(cleaned(JSON.parse(text))) : text;
};

/** A value for a jsonb column (an array of texts would otherwise be taken for a text[]). */
export const json = (value: unknown): Statement => sql`${value === undefined || value === null ? null : jsonText(value)}::jsonb`;
