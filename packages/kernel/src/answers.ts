import { z } from 'zod';
import { answerSchema, type Fields } from './fields.ts';

/** An answer that is no JSON: the media types it may have. */
export class Media {
  readonly types: readonly string[];
  constructor(types: readonly string[]) { this.types = types; }
}

/** Declares an answer of bytes or text: `answers: { 200: media('image/png') }`. */
export const media = (...types: string[]): Media => new Media(types);

/** What a status answers: JSON of a schema, bytes, or an empty body. */
export type AnswerDoc = z.ZodType | Media | null;

/**
 * A thing as the API answers it, by the name that the document gives it. Every field may be missing: some are shown to some callers only,
 * and `fields` in the query picks. `more` are keys beyond the table's own; the table's hidden fields are left out.
 */
export const shown = (name: string, fields: Fields, more: z.core.$ZodLooseShape = {}) => z.looseObject({
  ...Object.fromEntries(Object.entries(fields).filter(([, field]) => !field.hidden).map(([key, field]) => [key, answerSchema(field).optional()])),
  type: z.string().optional(), ...more,
}).meta({ id: name });

/** The envelope of a list that was asked for with `page`. */
export const pageSchema = (one: z.ZodType) =>
  z.object({ data: z.array(one), total: z.int(), nb_pages: z.int(), limit: z.int(), offset: z.int(), page: z.int() });

/** A list that may be asked for whole, or with `page`. */
export const listed = (one: z.ZodType) => z.union([z.array(one), pageSchema(one)]);

/** What an id in an answer looks like. */
export const IdAnswer = z.guid();

/** A text, a number or a truth that may be missing: what joins give. */
export const maybe = { id: z.guid().nullable(), text: z.string().nullable(), whole: z.int().nullable(), number: z.number().nullable(), truth: z.boolean().nullable() } as const;
