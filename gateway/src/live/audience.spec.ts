import { describe, expect, it } from 'vitest';
import { changesAudience, mayHear, type Listener } from './audience.ts';

const listener = (role: string, projects: string[] = []): Listener => ({ id: 'me', role, is_admin: role === 'admin', projects: new Set(projects) });
const message = (name: string, data: Record<string, unknown> = {}) => ({ name, data, position: '1' });

describe('who hears of what', () => {
  it('hears of own productions alone', () => {
    const artist = listener('user', ['film']);
    expect([mayHear(artist, message('shot:new', { project_id: 'film' })), mayHear(artist, message('shot:new', { project_id: 'other' }))]).toEqual([true, false]);
    expect(mayHear(listener('admin'), message('shot:new', { project_id: 'other' }))).toBe(true);
  });
  it('hears what is the studio\'s', () => expect(mayHear(listener('client'), message('department:new', { department_id: 'x' }))).toBe(true));
  it('hears of own notifications alone, as an admin too', () => {
    expect([mayHear(listener('admin'), message('notification:new', { person_id: 'you' })), mayHear(listener('user'), message('notification:new', { person_id: 'me', project_id: 'film' })), mayHear(listener('admin'), message('notification:update'))])
      .toEqual([false, true, false]);
  });
  it('hears of money only as a manager', () => {
    const told = message('budget:create', { project_id: 'film' });
    expect([mayHear(listener('manager', ['film']), told), mayHear(listener('manager'), told), mayHear(listener('supervisor', ['film']), told), mayHear(listener('user'), message('salary-scale:update'))]).toEqual([true, false, false, false]);
  });
  it('is looked up again after teams may have changed', () =>
    expect(['project:update', 'person:update', 'shot:new'].map((name) => changesAudience(message(name)))).toEqual([true, true, false]));
});
