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
 * and `fields` in the query picks. `also` are keys beyond the table's own; the table's hidden fields are left out. What some answers add
 * is an extension: `Task.extend({ … }).meta({ id: 'NamedTask' })`.
 */
export const shown = (name: string, fields: Fields, also: Record<string, z.ZodType> = {}): z.ZodObject => z.looseObject({
  ...Object.fromEntries(Object.entries(fields).filter(([key, field]) => !field.hidden && key !== 'log_position').map(([key, field]) => [key, answerSchema(field).optional()])),
  type: z.string().optional(), ...Object.fromEntries(Object.entries(also).map(([key, schema]) => [key, schema.optional()])),
}).meta({ id: name });

/** The envelope of a list that was asked for with `page`. */
export const pageSchema = (one: z.ZodType) =>
  z.object({ data: z.array(one), total: z.int(), nb_pages: z.int(), limit: z.int(), offset: z.int(), page: z.int() });

const lists = new WeakMap<z.ZodType, z.ZodType>();
/** A list that may be asked for whole, or with `page`. */
export const listed = (one: z.ZodType): z.ZodType => {
  const made = lists.get(one) ?? z.union([z.array(one), pageSchema(one)]);
  lists.set(one, made);
  return made;
};

/** What joins and aggregates give, which may be nothing. */
export const maybe = { id: z.guid().nullable(), text: z.string().nullable(), whole: z.int().nullable(), number: z.number().nullable(), truth: z.boolean().nullable() } as const;

/** Lists of ids and texts. */
export const ids = z.array(z.guid());
export const texts = z.array(z.string());

/** An object whose keys are ids, days, years or the like. */
export const byKey = (schema: z.ZodType) => z.record(z.string(), schema);

/** What is answered where nothing but the success is to be told. */
export const Success = z.looseObject({ success: z.boolean() }).meta({ id: 'Success' });

/** How clients of ShotGrid imports are told of a removal. */
export const Removed = z.looseObject({ success: z.boolean(), removed_instance_id: z.guid().optional() }).meta({ id: 'Removed' });

/** A form with one file. */
export const OneFile = z.object({ file: z.file() });
