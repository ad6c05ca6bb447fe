import { Forbidden, Caller, Invalid, NotFound, PersonAvatarSet, PersonCreated, PersonDeleted, PersonUpdated, type PersonFacts } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { checkedPerson } from './checks.ts';
import { clearAvatar } from './clear-avatar.ts';
import { createPerson } from './create-person.ts';
import { deletePerson } from './delete-person.ts';
import { revisePerson } from './update-person.ts';

const person_id = '5f0f3b9e-0000-4000-8000-000000000001';
const facts: PersonFacts = { role: 'user', active: true, archived: false, departments: [], is_bot: false, is_guest: false, studio_id: null, has_avatar: false, contract_type: 'open-ended',
  position: 'artist', seniority: 'mid', daily_salary: 0, timezone: 'Europe/Paris', locale: 'en_US' };
const created = PersonCreated({ person_id, facts, sealed: 'sealed' });

describe('create a person', () => {
  it('writes facts, and what is personal sealed', () => given(createPerson).when({ id: person_id, facts, sealed: 'sealed', is_bot: false }).then(created));
  it('does nothing for one that is there', () => given(createPerson, created).when({ id: person_id, facts, sealed: 'other', is_bot: false }).thenNothing());
  it('is for admins', () => expect(() => createPerson.policy(new Caller({ id: person_id, role: 'manager' }), {} as any, null)).toThrow(Forbidden));
});

describe('revise a person', () => {
  it('writes only the facts that differ', () =>
    given(revisePerson, created).when({ id: person_id, facts: { role: 'manager', active: true }, sealed: null }).then(PersonUpdated({ person_id, facts: { role: 'manager' }, sealed: null })));
  it('writes sealed data even where no fact differs', () =>
    given(revisePerson, created).when({ id: person_id, facts: {}, sealed: 'new' }).then(PersonUpdated({ person_id, facts: {}, sealed: 'new' })));
  it('writes nothing where nothing differs', () => given(revisePerson, created).when({ id: person_id, facts: { role: 'user' }, sealed: null }).thenNothing());
  it('refuses a person who was deleted', () =>
    given(revisePerson, created, PersonDeleted({ person_id })).when({ id: person_id, facts: { role: 'admin' }, sealed: null }).thenRefused(NotFound));
  it('is run by Shotlog alone', () => expect(() => revisePerson.policy(new Caller({ id: person_id, role: 'admin' }), {} as any, null)).toThrow(Forbidden));
});

describe('delete a person', () => {
  it('writes that the person is gone', () => given(deletePerson, created).when({ id: person_id, force: true }).then(PersonDeleted({ person_id })));
  it('refuses twice', () => given(deletePerson, created, PersonDeleted({ person_id })).when({ id: person_id, force: true }).thenRefused(NotFound));
});

describe('clear an avatar', () => {
  it('writes that there is no picture any more', () =>
    given(clearAvatar, created, PersonAvatarSet({ person_id, has_avatar: true })).when({ id: person_id }).then(PersonAvatarSet({ person_id, has_avatar: false })));
  it('does nothing without a picture', () => given(clearAvatar, created).when({ id: person_id }).thenNothing());
});

describe('what may be said of a person', () => {
  const today = '2024-03-04';
  const refuses = (values: Record<string, unknown>) => expect(() => checkedPerson(values, today), JSON.stringify(values)).toThrow(Invalid);

  it('brings a country into capitals and an empty choice to null', () =>
    expect(checkedPerson({ country: 'fr', position: '' }, today)).toEqual({ country: 'FR', position: null }));
  it('refuses what is no country, locale, time zone, contract, position or date to come', () => {
    for (const bad of [{ country: 'Atlantis' }, { country: 'ZZ' }, { locale: 'xx_XX_yy' }, { timezone: 'Mars/Phobos' }, { contract_type: 'forever' }, { position: 'king' }, { seniority: 'ancient' },
      { email: 'no address' }, { email: 'a@b, c@d' }, { expiration_date: '2001-01-01' }, { first_name: null }, { display_date_format: 'later' }]) refuses(bad);
  });
  it('leaves an expiration date that is over as it was', () => expect(checkedPerson({ expiration_date: '2001-01-01' }, today, '2001-01-01')).toEqual({ expiration_date: '2001-01-01' }));
});
