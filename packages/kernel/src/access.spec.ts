import { describe, expect, it } from 'vitest';
import { to, type Audience } from './access.ts';
import { Caller, ROLES, type Role } from './caller.ts';
import { Forbidden } from './errors.ts';

const caller = (role: Role, onTeam = false, inTeam: Role | null = null) => new Caller({ id: 'ada', role, teams: new Map(onTeam ? [['film', inTeam]] : []) });
const lets = (audience: Audience, who: Caller, named: object = { project_id: 'film' }): boolean => {
  try {
    audience.check(who, named);
    return true;
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    return false;
  }
};
const letsIn = (audience: Audience, onTeam: boolean) => ROLES.filter((role) => lets(audience, caller(role, onTeam)));

describe('an audience', () => {
  it('of the studio is told by the role there', () => {
    expect(letsIn(to.admins, false)).toEqual(['admin']);
    expect(letsIn(to.managers, false)).toEqual(['admin', 'manager']);
    expect(letsIn(to.supervisors, false)).toEqual(['admin', 'manager', 'supervisor']);
    expect(letsIn(to.staff, false)).toEqual(['admin', 'manager', 'supervisor', 'user']);
    expect(letsIn(to.signedIn, false)).toEqual([...ROLES]);
    expect(letsIn(to.staff.but({ client: 'allowed' }), false)).toEqual(['admin', 'manager', 'supervisor', 'user', 'client']);
    expect(lets(to.managers, caller('user', true, 'manager'))).toBe(false);
  });

  it('of a production is told by the role on its team, and off it lets only admins in', () => {
    expect(letsIn(to.teamManagers.of('project_id'), true)).toEqual(['admin', 'manager']);
    expect(letsIn(to.teamManagers.of('project_id'), false)).toEqual(['admin']);
    expect(letsIn(to.team.but({ vendor: 'refused' }).of('project_id'), true)).toEqual(['admin', 'manager', 'supervisor', 'user', 'client']);
    expect(lets(to.teamManagers.of('project_id'), caller('user', true, 'manager'))).toBe(true);
    expect(lets(to.teamManagers.of('project_id'), caller('manager', true, 'user'))).toBe(false);
    expect(lets(to.teamManagers.of('project_id'), caller('manager', true), {})).toBe(false);
  });

  it('leaves to the rest of the code what a production decides that it does not name', () => {
    expect(letsIn(to.teamManagers, false)).toEqual([...ROLES]);
    expect(lets(to.teamManagers, new Caller({ id: null, role: 'client' }))).toBe(false);
  });

  it('of a list answers people off the team, but no role that is refused on it', () => {
    expect(to.team.but({ vendor: 'refused' }).listed.declared.strangers).toEqual({ admin: 'allowed', manager: 'filtered', supervisor: 'filtered', user: 'filtered', client: 'filtered', vendor: 'refused' });
  });

  it('that is open asks nobody, and the system passes everywhere', () => {
    expect(lets(to.anyone, new Caller({ id: null, role: 'client' }))).toBe(true);
    expect(lets(to.signedIn, new Caller({ id: null, role: 'client' }))).toBe(false);
    expect(lets(to.system, Caller.system)).toBe(true);
    expect(letsIn(to.system, true)).toEqual([]);
  });

  it('says whom it is for', () => {
    expect(to.managers.words).toBe('For admin, manager.');
    expect(to.teamSupervisors.but({ vendor: 'filtered' }).words).toBe("For admin, manager, supervisor; vendor (only what is theirs or shared with them) of the production's team. Off the team: admin.");
  });
});
