import { describe, expect, it } from 'vitest';
import { Caller, only, ROLES, type Role } from './caller.ts';
import { Forbidden } from './errors.ts';

const film = 'film';
const of = (role: Role, inTeam?: Role | null) => new Caller({ id: 'ada', role, teams: inTeam === undefined ? new Map() : new Map([[film, inTeam]]) });
const may = (check: (caller: Caller, project: string) => void, caller: Caller) => {
  try {
    check(caller, film);
    return true;
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    return false;
  }
};

describe('a caller', () => {
  it('has the role that the team gives, except an admin', () => {
    expect(of('user', 'manager').roleIn(film)).toBe('manager');
    expect(of('manager', 'user').roleIn(film)).toBe('user');
    expect(of('user', null).roleIn(film)).toBe('user');
    expect(of('admin', 'client').roleIn(film)).toBe('admin');
  });
  it('manages only productions on whose team it is', () => {
    expect([of('manager').manages(film), of('manager', null).manages(film), of('manager', 'user').manages(film), of('user', 'manager').manages(film), of('admin').manages(film)]).toEqual([false, true, false, true, true]);
    expect([of('supervisor').supervises(film), of('supervisor', null).supervises(film), of('user', 'supervisor').supervises(film), of('manager', null).supervises(film)]).toEqual([false, true, true, true]);
  });
  it('that is the system has no person', () => {
    expect(() => Caller.system.personId).toThrow(Forbidden);
  });
});

describe('a policy', () => {
  const allowed = (check: (caller: Caller, project: string) => void, inTeam?: Role | null) => ROLES.filter((role) => may(check, of(role, inTeam)));
  it.each<[string, (caller: Caller, project: string) => void, Role[], Role[]]>([
    ['admin', only.admin, ['admin'], ['admin']], ['manager', only.manager, ['admin', 'manager'], ['admin', 'manager']], ['supervisor', only.supervisor, ['admin', 'manager', 'supervisor'], ['admin', 'manager', 'supervisor']],
    ['staff', only.staff, ['admin', 'manager', 'supervisor', 'user'], ['admin', 'manager', 'supervisor', 'user']], ['team', only.team, ['admin'], [...ROLES]],
    ['team manager', only.teamManager, ['admin'], ['admin', 'manager']], ['team supervisor', only.teamSupervisor, ['admin'], ['admin', 'manager', 'supervisor']],
    ['team staff', only.teamStaff, ['admin'], ['admin', 'manager', 'supervisor', 'user']],
  ])('for %s lets in whom it names, outside a team and in it', (_, check, outside, inside) => {
    expect(allowed(check)).toEqual(outside);
    expect(allowed(check, null)).toEqual(inside);
  });
  it('for a signed-in person refuses nobody in particular', () => {
    expect(may(only.signedIn, new Caller({ id: null, role: 'client' }))).toBe(false);
    expect(may(only.signedIn, of('client'))).toBe(true);
  });
});
