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
  const components: Json = { };
  const known = new Map<z.ZodType, Json>();
  const convert = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', override: tidy as any }) as Json;
    for (const [name, definition] of Object.entries($defs as Json)) {
      const { id: __, ...rest } = pointed(definition);
      components[name] ??= rest;
    }
    const { id, ...own } = pointed(json);
    if (id === undefined) return own;
    components[id] ??= own;
    return { $ref: `${REF}${id}` };
  };
  return {
    components,
    answer(schema: z.ZodType): Json {
      if (!known.has(schema)) known.set(schema, convert(schema, 'output'));
      return known.get(schema)!;
    },
    body: (schema: z.ZodType): Json => convert(schema, 'input'),
  };
};
export type Schemas = ReturnType<typeof openSchemas>;
