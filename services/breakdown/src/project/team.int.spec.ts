import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let studio: Studio;
let admin: Client, film: string, paula: any;
beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  film = (await admin.must('POST', '/data/projects', { name: 'Film' })).id;
  paula = await admin.must('POST', '/data/persons', { first_name: 'Paula', last_name: 'Team', email: 'paula@team.studio', role: 'user', password: 'paulapassword' });
  await admin.must('POST', `/data/projects/${film}/team`, { person_id: paula.id, role: 'supervisor' });
});
afterAll(() => studio?.stop());

describe('team list of a production', () => {
  it('shows whoever manages it everything', async () => {
    expect((await admin.get(`/data/projects/${film}/team`)).body).toMatchObject([{ id: paula.id, full_name: 'Paula Team', email: 'paula@team.studio', role: 'user', project_role: 'supervisor' }]);
  });
  it('shows the others what colleagues may know', async () => {
    const [seen] = (await (await studio.signIn('paula@team.studio', 'paulapassword')).get(`/data/projects/${film}/team`)).body;
    expect(seen).toMatchObject({ full_name: 'Paula Team', project_role: 'supervisor' });
    for (const key of ['email', 'phone', 'daily_salary']) expect(seen).not.toHaveProperty(key);
  });
  it('tells clients in their context who they are where', async () => {
    const { body } = await (await studio.signIn('paula@team.studio', 'paulapassword')).get('/data/user/context');
    expect(body).toMatchObject({ projects: [{ id: film, team: [paula.id] }], project_roles: { [film]: 'supervisor' }, search_filters: {}, search_filter_groups: {} });
    expect(body.project_status.map((s: any) => s.name)).toEqual(['Open', 'Closed']);
  });
});
