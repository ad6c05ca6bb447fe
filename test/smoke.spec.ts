import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStudio, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => { studio = await startStudio(); });
afterAll(() => studio.stop());

describe('a studio that was just started', () => {
  it('answers at its root without a token', async () => {
    expect(await studio.nobody.get('/')).toMatchObject({ status: 200, body: { api: 'Shotlog' } });
  });
  it('lets the admin in and reads back what it wrote', async () => {
    const admin = await studio.signIn();
    const made = await admin.must('POST', '/data/departments', { name: 'Rigging', color: '#123456' });
    expect((await admin.get(`/data/departments/${made.id}`)).body).toMatchObject({ name: 'Rigging', type: 'Department' });
    expect((await admin.post('/data/departments', { name: 'Rigging', color: '#123456' })).status).toBe(400);
  });
  it('refuses who has no token', async () => {
    expect((await studio.nobody.get('/data/departments')).status).toBe(401);
  });
});
