import { z } from 'zod';

/** What was drawn at one moment (`time`, seconds) of a preview. Objects are fabric.js shapes, each with an id. */
export type Annotation = { time: number; drawing: { objects: Drawn[] } & Record<string, unknown> } & Record<string, unknown>;
type Drawn = Record<string, unknown> & { id?: string };

const Drawn = z.object({ id: z.union([z.string(), z.number()]).optional() }).loose();
const At = z.object({ time: z.coerce.number(), drawing: z.object({ objects: z.array(Drawn).default([]) }).loose().default({ objects: [] }) }).loose();
/** What a person changed: drawings added, drawings moved or recoloured, ids of drawings erased. */
export const AnnotationChanges = z.object({
  additions: z.array(At).nullish(), updates: z.array(At).nullish(), deletions: z.array(z.object({ time: z.coerce.number(), objects: z.array(z.union([z.string(), z.number()])).default([]) }).loose()).nullish(),
});
export type AnnotationChanges = z.infer<typeof AnnotationChanges>;

const withObjects = (annotation: Annotation, objects: Drawn[]): Annotation => ({ ...annotation, drawing: { ...annotation.drawing, objects } });
const add = (all: Annotation[], added: Annotation): Annotation[] => {
  if (added.drawing.objects.length === 0) return all;
  const there = all.find((a) => a.time === added.time);
  if (!there) return [...all, added];
  const known = new Set(there.drawing.objects.map((o) => o.id).filter((id) => id !== undefined));
  const fresh = added.drawing.objects.filter((o) => o.id === undefined || !known.has(o.id));
  return all.map((a) => (a === there ? withObjects(a, [...a.drawing.objects, ...fresh]) : a));
};

/** A changed drawing comes to lie on top, as it does where it is drawn. What is not there is not made. */
const change = (all: Annotation[], changed: Annotation): Annotation[] => all.map((a) => {
  if (a.time !== changed.time) return a;
  const there = new Set(a.drawing.objects.map((o) => o.id));
  const news = changed.drawing.objects.filter((o) => o.id !== undefined && there.has(o.id));
  const moved = new Set(news.map((o) => o.id));
  return withObjects(a, [...a.drawing.objects.filter((o) => !moved.has(o.id)), ...news]);
});

const erase = (all: Annotation[], { time, objects }: { time: number; objects: readonly (string | number)[] }): Annotation[] => all
  .map((a) => (a.time === time ? withObjects(a, a.drawing.objects.filter((o) => !objects.includes(o.id as string))) : a))
  .filter((a) => a.drawing.objects.length > 0);

/**
 * Merges what one person drew into what is there, so that two who draw at once keep both. In the order of time; a moment without drawings
 * is dropped. As Zou 1.0.67 does (looked at on its answers).
 */
export const mergeAnnotations = (before: readonly Annotation[], changes: AnnotationChanges): Annotation[] => {
  let all: Annotation[] = [...before];
  for (const added of changes.additions ?? []) all = add(all, added as Annotation);
  for (const changed of changes.updates ?? []) all = change(all, changed as Annotation);
  for (const erased of changes.deletions ?? []) all = erase(all, erased);
  return all.sort((a, b) => a.time - b.time);
};
