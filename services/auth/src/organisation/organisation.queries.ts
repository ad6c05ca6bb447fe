import { Caller, list, listed, NotFound, oneText, pathId, Rendered, route, sql, to, wantsRelations, type Db, type Route, type Shape } from '@shotlog/kernel';
import { organisation, ORGANISATION_ID } from './organisation.ts';
import { Organisation } from '../session/session.answers.ts';

const publicShape: Shape = { ...organisation.shape, extra: {} };
const shapeFor = (caller: Caller): Shape => (caller.isAdmin ? organisation.shape : publicShape);

/** The studio's organisation; with its secrets only where asked for. */
export const organisationOf = async (db: Db, secrets: boolean): Promise<Record<string, any>> => {
  const shape = secrets ? organisation.shape : publicShape;
  const text = await oneText(db, shape, Caller.system, sql`t.id = ${ORGANISATION_ID}`, false);
  return JSON.parse(text ?? 'null');
};

/** Lists and single organisations: what is secret is shown to admins. */
export const organisationRoutes: Route[] = [
  route({ method: 'get', path: '/data/organisations', summary: 'List every organisation', answers: { 200: listed(Organisation) }, access: to.signedIn,
    ask: (c) => list({ shape: shapeFor(c.caller), db: c.db, caller: c.caller, request: c.request }) }),
  route({ method: 'get', path: '/data/organisations/{instance_id}', summary: 'Get one organisation', answers: { 200: Organisation }, access: to.signedIn,
    ask: async (c) => {
      const id = pathId(c.request, 'instance_id', 400);
      const text = await oneText(c.db, shapeFor(c.caller), c.caller, sql`t.id = ${id}`, wantsRelations(c.request));
      if (text === null) throw new NotFound('organisation', id);
      return new Rendered(text);
    } }),
  organisation.route.create, organisation.route.update, organisation.route.remove,
  route({ method: 'get', path: '/internal/organisation', summary: 'The organisation with its secrets, for other services', access: to.system,
    ask: (c) => organisationOf(c.db, true) }),
];
