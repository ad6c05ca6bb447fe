import type { Annotation } from './annotations.ts';

type Shape = Record<string, any>;
const number = (value: unknown, byDefault: number): number => (Number.isFinite(Number(value)) && value !== null && value !== '' ? Number(value) : byDefault);
const COLOUR = /^(#[0-9a-f]{3,8}|[a-z]{3,20}|(rgb|rgba|hsl|hsla)\([\d\s.,%/]{3,40}\))$/i;
const colour = (value: unknown, byDefault: string): string => (typeof value === 'string' && COLOUR.test(value.trim()) ? value.trim() : byDefault);
const text = (value: unknown): string => String(value ?? '').slice(0, 2_000).replace(/[\u0000-\u0008\u000b-\u001f]/g, '').replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
const round = (n: number): number => Math.round(n * 1000) / 1000;

/** The commands of a fabric path, `[["M", 1, 2], …]`: letters and numbers alone come through. */
const pathOf = (path: unknown): { d: string; left: number; top: number } | null => {
  if (!Array.isArray(path)) return null;
  const points: [number, number][] = [];
  const parts = path.filter((p) => Array.isArray(p) && /^[MLQCZmlqcz]$/.test(String(p[0]))).map((p: unknown[]) => {
    const numbers = p.slice(1, 7).map((n) => round(number(n, 0)));
    for (let i = 0; i + 1 < numbers.length; i += 2) points.push([numbers[i]!, numbers[i + 1]!]);
    return `${String(p[0])} ${numbers.join(' ')}`;
  });
  return points.length === 0 ? null : { d: parts.join(' '), left: Math.min(...points.map(([x]) => x)), top: Math.min(...points.map(([, y]) => y)) };
};

const pointsOf = (points: unknown): { list: string; left: number; top: number } | null => {
  const all = (Array.isArray(points) ? points : []).slice(0, 20_000).map((p: Shape) => [round(number(p?.x, 0)), round(number(p?.y, 0))] as const);
  return all.length === 0 ? null : { list: all.map(([x, y]) => `${x},${y}`).join(' '), left: Math.min(...all.map(([x]) => x)), top: Math.min(...all.map(([, y]) => y)) };
};

/** What is drawn of a shape, from its own upper left corner. */
const inner = (o: Shape, paint: string): string | null => {
  const [width, height] = [Math.abs(number(o.width, 0)), Math.abs(number(o.height, 0))];
  switch (String(o.type).toLowerCase()) {
    case 'path': {
      const path = pathOf(o.path);
      return path && `<path d="${path.d}" transform="translate(${-path.left} ${-path.top})" ${paint}/>`;
    }
    case 'psstroke': case 'polyline': case 'polygon': {
      const points = pointsOf(o.strokePoints ?? o.points);
      return points && `<${o.type === 'polygon' ? 'polygon' : 'polyline'} points="${points.list}" transform="translate(${-points.left} ${-points.top})" ${paint}/>`;
    }
    case 'rect': return `<rect width="${width}" height="${height}" ${paint}/>`;
    case 'ellipse': case 'circle': return `<ellipse cx="${width / 2}" cy="${height / 2}" rx="${width / 2}" ry="${height / 2}" ${paint}/>`;
    case 'line': return `<line x1="0" y1="0" x2="${width}" y2="${height}" ${paint}/>`;
    case 'text': case 'i-text': case 'textbox': {
      const size = number(o.fontSize, 20);
      const lines = text(o.text).split('\n').map((line, i) => `<tspan x="0" y="${round(size * (0.9 + i * 1.16))}">${line}</tspan>`).join('');
      return `<text font-size="${size}" font-family="sans-serif" fill="${colour(o.fill, '#ff3860')}">${lines}</text>`;
    }
    default: return null;
  }
};

const shapeOf = (o: Shape): string => {
  const paint = `stroke="${colour(o.stroke, '#ff3860')}" stroke-width="${number(o.strokeWidth, 4)}" fill="${colour(o.fill, 'none')}" stroke-linecap="round" stroke-linejoin="round"`;
  const drawn = inner(o, paint);
  if (drawn === null) return '';
  const [sx, sy] = [number(o.scaleX, 1), number(o.scaleY, 1)];
  const [dx, dy] = [o.originX === 'center' ? (-number(o.width, 0) * sx) / 2 : 0, o.originY === 'center' ? (-number(o.height, 0) * sy) / 2 : 0];
  return `<g opacity="${Math.min(1, Math.max(0, number(o.opacity, 1)))}" transform="translate(${number(o.left, 0) + dx} ${number(o.top, 0) + dy}) rotate(${number(o.angle, 0)}) scale(${sx} ${sy})">${drawn}</g>`;
};

/**
 * The drawings of one moment as SVG over a picture of that size. Drawings were made on a canvas of the size that the annotation or its
 * shapes tell (`canvasWidth`, `canvasHeight`), else of the picture's own. Only numbers, colours and escaped texts of them come through.
 */
export const drawingSvg = (annotation: Pick<Annotation, 'drawing'> & Record<string, unknown>, width: number, height: number): string => {
  const shapes = annotation.drawing.objects as Shape[];
  const canvas = shapes.find((o) => o.canvasWidth) ?? {};
  const canvasWidth = Math.max(1, number(canvas.canvasWidth ?? annotation.width, width));
  const canvasHeight = Math.max(1, number(canvas.canvasHeight ?? annotation.height, height));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${canvasWidth} ${canvasHeight}" preserveAspectRatio="none">${shapes.map(shapeOf).join('')}</svg>`;
};
