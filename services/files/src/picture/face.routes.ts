import { allow, media, NotFound, OneFile, pathId, raw, route, sql, to, type Audience, type QueryContext, type Route } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { facePictureKey } from '../storage/keys.ts';
import { serveObject } from '../storage/serve-object.ts';
import { setOrganisationAvatar, setPersonAvatar, setProjectAvatar } from './face.commands.ts';
import { takePicture } from './take-picture.ts';
import { PicturePath } from './picture.answers.ts';

type Of = 'persons' | 'projects' | 'organisations';
const FACE = { width: 400, height: null };
const TABLE = { persons: raw('directory_person'), projects: raw('project'), organisations: raw('organisation') };
const COMMAND = { persons: setPersonAvatar, projects: setProjectAvatar, organisations: setOrganisationAvatar };

/** A person's picture is set by themselves, a production's by who manages it, the studio's by admins. */
const SETS: Record<Of, Audience> = { persons: to.oneself, projects: to.teamManagers.of('id'), organisations: to.admins };
const SEES: Record<Of, Audience> = { persons: to.signedIn, projects: to.team.of('id'), organisations: to.signedIn };

const existing = async (c: QueryContext, of: Of): Promise<string> => {
  const id = pathId(c.request, 'instance_id');
  if (!(await c.db.one(sql`select 1 from ${TABLE[of]} where id = ${id}`))) throw new NotFound(of.slice(0, -1), id);
  return id;
};

const routesOf = (of: Of): Route[] => ['', '.png'].flatMap((ending) => [
  route({
    method: 'get', path: `/pictures/thumbnails/${of}/{instance_id}${ending}`, summary: `Get the picture of one of the ${of}`, answers: { 200: media('image/png') }, access: SEES[of].of(null),
    ask: async (c) => {
      const id = await existing(c, of);
      SEES[of].check(c.caller, { id });
      return serveObject(c.resource<Storage>('storage'), facePictureKey(of, id), c.request, { changes: true });
    },
  }),
  route({
    method: 'post', path: `/pictures/thumbnails/${of}/{instance_id}${ending}`, summary: `Set the picture of one of the ${of}`, upload: OneFile, answers: { 201: PicturePath }, status: 201, access: SETS[of].of(null),
    handle: async (c) => {
      const id = await existing(c, of);
      SETS[of].check(c.caller, { id });
      allow(of !== 'persons' || c.caller.isAdmin || c.caller.id === id);
      await takePicture(c, facePictureKey(of, id), FACE);
      await c.runAsSystem(COMMAND[of], { id }, 'set');
      await c.settled();
      return { thumbnail_path: `pictures/thumbnails/${of}/${id}.png` };
    },
  }),
]);

/** The pictures of persons, productions and the studio. */
export const faceRoutes: Route[] = [...routesOf('persons'), ...routesOf('projects'), ...routesOf('organisations')];
