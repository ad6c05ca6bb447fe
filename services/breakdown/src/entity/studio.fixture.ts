import type { Client, Studio } from '@shotlog/test/studio';

export type Film = {
  studio: Studio; admin: Client; project: string; episode: string; sequence: string; type: string;
  /** Signed-in people by role: all but the outsider on the team. */
  as: Record<'manager' | 'supervisor' | 'user' | 'client' | 'vendor' | 'outsider', Client>;
  ids: Record<'manager' | 'supervisor' | 'user' | 'client' | 'vendor' | 'outsider', string>;
};

const ROLES = ['manager', 'supervisor', 'user', 'client', 'vendor', 'outsider'] as const;

/** A TV show with a sequence and somebody of every role, for tests over HTTP. */
export const film = async (studio: Studio, name: string): Promise<Film> => {
  const admin = await studio.signIn();
  const project = (await admin.must('POST', '/data/projects', { name, production_type: 'tvshow', fps: '25' })).id;
  const [as, ids] = [{}, {}] as unknown as [Film['as'], Film['ids']];
  for (const role of ROLES) {
    const email = `${role}.${name.toLowerCase().replace(/\W/g, '')}@film.studio`;
    const person = await admin.must('POST', '/data/persons', { first_name: role, last_name: name, email, role: role === 'outsider' ? 'manager' : role });
    await admin.must('POST', `/actions/persons/${person.id}/change-password`, { password: 'long enough 1', password_2: 'long enough 1' });
    if (role !== 'outsider') await admin.must('POST', `/data/projects/${project}/team`, { person_id: person.id });
    ids[role] = person.id;
    as[role] = await studio.signIn(email, 'long enough 1');
  }
  const episode = (await admin.must('POST', `/data/projects/${project}/episodes`, { name: 'E02' })).id;
  const sequence = (await admin.must('POST', `/data/projects/${project}/sequences`, { name: 'SQ010', episode_id: episode })).id;
  const type = (await admin.must('POST', '/data/entity-types', { name: `${name} props`.slice(0, 30) })).id;
  return { studio, admin, project, episode, sequence, type, as, ids };
};

/** An id that nothing has. */
export const NOBODY = '11111111-2222-4333-8444-555555555555';
