import { nameOf, type Outcome, type Route } from '@shotlog/kernel';
import type { Reply } from '../studio.ts';
import { asks } from './asks.ts';
import { fillPath } from './fill.ts';
import type { Sent } from './request.ts';
import { INSIDE, MARK, UNASSIGNED, type Asker, type Scene } from './scene.ts';

/** What a route declares for somebody. */
export const declared = (route: Route, { role, onTeam, id }: Asker): Outcome => {
  const { team, strangers, guests } = route.access.declared;
  return id === '' || guests !== 'refused' ? guests : onTeam ? team[role] : strangers[role];
};

/** The request of a route for somebody, of one half of the production. */
export const sound = async (route: Route, s: Scene, me: Asker, open: boolean): Promise<Sent> =>
  (await asks[nameOf(route)]?.({ s, me, open, ids: (open ? s.open : s.closed).ids, admin: s.admin })) ?? {};

/** Sends it as somebody. `trace` stands in the log with all that comes of it. */
export const send = (route: Route, s: Scene, me: Asker, open: boolean, sent: Sent, trace: string): Promise<Reply> => {
  const method = route.method.toUpperCase();
  const body = method === 'GET' ? undefined : sent.body ?? (method === 'DELETE' ? undefined : {});
  const path = fillPath(route.path, { ...(open ? s.open : s.closed).ids, ...sent.ids }) + (sent.query ?? '');
  return (sent.as ?? me.client).send(method, path, body, { 'x-request-id': trace, ...sent.headers });
};

const text = ({ body }: Reply): string => (typeof body === 'string' ? body : JSON.stringify(body));
/** What of the production shows in an answer. */
export const marksOf = (reply: Reply): string[] => (reply.status < 300 ? [MARK, UNASSIGNED, INSIDE].filter((mark) => text(reply).includes(mark)) : []);
export const isRefused = ({ status }: Reply): boolean => [401, 403, 404].includes(status);
/** What must not show to somebody whose answers are filtered. */
export const hiddenFrom = (route: Route, { role, onTeam }: Asker): string[] => {
  const { guests, by } = route.access.declared;
  if (guests !== 'refused' || by === 'studio') return [UNASSIGNED, INSIDE];
  return !onTeam ? [MARK] : role === 'vendor' ? [UNASSIGNED] : role === 'client' ? [INSIDE] : [UNASSIGNED, INSIDE];
};
export const told = (reply: Reply): string => `${reply.status} ${text(reply).slice(0, 140)}`;
