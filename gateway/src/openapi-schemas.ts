import { z } from 'zod';

export type Json = Record<string, any>;

const REF = '#/components/schemas/';

/** `override` of zod's conversion: what a declaration says instead of a check that is a function, and no bounds that mean nothing. */
const tidy = ({ jsonSchema }: { jsonSchema: Json }): void => {
  const { instead } = jsonSchema;
  if (instead !== undefined) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, instead);
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // The format says the same.
  if (jsonSchema.format === 'uuid') delete jsonSchema.pattern;
};

/** References into a schema's own definitions become references into the document's components. */
const pointed = (value: unknown): any => {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) =>
    [key, key === '$ref' && typeof v === 'string' ? v.replace('#/$defs/', REF) : pointed(v)]));
};

/** Turns zod's schemas into those of one document: what has an `id` in its metadata stands once, among the components. */
export const openSchemas = () => {
  const components: Json = {};
  const known = new Map<z.ZodType, Json>();
  const keep = (name: string, definition: Json): void => {
    components[name] ??= definition;
    if (JSON.stringify(components[name]) !== JSON.stringify(definition)) throw new Error(`The document has two schemas of the name ${name}.`);
  };
  const convert = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', override: tidy as any }) as Json;
    for (const [name, definition] of Object.entries($defs as Json)) {
      const { id: __, ...rest } = pointed(definition);
      keep(name, rest);
    }
    const { id, ...own } = pointed(json);
    if (id === undefined) return own;
    keep(id, own);
    return { $ref: `${REF}${id}` };
  };
  // Most answers are lists of what was seen before: those are put together here, each thing being converted once.
  const answer = (schema: z.ZodType): Json => {
    const found = known.get(schema);
    if (found) return found;
    const made = schema instanceof z.ZodArray ? { type: 'array', items: answer(schema.element as z.ZodType) }
      : schema instanceof z.ZodUnion ? { anyOf: schema.options.map((option) => answer(option as z.ZodType)) } : convert(schema, 'output');
    known.set(schema, made);
    return made;
  };
  return {
    components, answer,
    body: (schema: z.ZodType): Json => convert(schema, 'input'),
  };
};
export type Schemas = ReturnType<typeof openSchemas>;
