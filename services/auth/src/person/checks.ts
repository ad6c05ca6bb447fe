import { Invalid, isDate, sql, textArray, type Context } from '@shotlog/kernel';

export const CONTRACT_TYPES = ['open-ended', 'fixed-term', 'short-term', 'freelance', 'apprentice', 'internship'] as const;
export const POSITIONS = ['supervisor', 'lead', 'artist'] as const;
export const SENIORITIES = ['senior', 'mid', 'junior'] as const;
export const TWO_FACTORS = ['totp', 'email_otp', 'fido'] as const;
const DATE_FORMATS = ['YYYY-MM-DD', 'DD/MM/YYYY', 'MM/DD/YYYY'] as const;
/** Shorter passwords are refused; longer ones than the maximum would only cost time to hash. */
export const MIN_PASSWORD = 8;
const MAX_PASSWORD = 1_000;

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const isCountry = (code: string) => /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && regions.of(code) !== undefined;
const isLocale = (name: string) => {
  try {
    return /^[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3}))?$/.test(name) && Intl.DateTimeFormat.supportedLocalesOf(name.replaceAll('_', '-')).length > 0;
  } catch {
    return false;
  }
};
const isTimezone = (name: string) => {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
const isEmail = (text: string) => /^[^@\s,;<>"]+@[^@\s,;<>"]+$/.test(text);

const oneOf = (values: readonly string[]) => (v: unknown) => values.includes(v as string) || `must be one of ${values.join(', ')}`;
const CHECKS: Record<string, (value: any) => true | string> = {
  email: (v) => isEmail(v) || 'must be an e-mail address',
  country: (v) => isCountry(v) || 'must be a country by ISO 3166-1, like FR',
  locale: (v) => isLocale(v) || 'must be a locale like fr_FR',
  timezone: (v) => isTimezone(v) || 'must be a time zone like Europe/Paris',
  contract_type: oneOf(CONTRACT_TYPES), position: oneOf(POSITIONS), seniority: oneOf(SENIORITIES),
  preferred_two_factor_authentication: oneOf(TWO_FACTORS), display_date_format: oneOf(DATE_FORMATS),
};
const NEVER_NULL = ['first_name', 'last_name', 'role', 'contract_type', 'active', 'archived'];

/** Checks what somebody wants of a person's fields, and brings them into the form they are kept in. @throws Invalid. */
export const checkedPerson = (values: Record<string, any>, today: string, lastExpiry: string | null = null): Record<string, any> => {
  const found = { ...values };
  if (typeof found.country === 'string') found.country = found.country.toUpperCase() || null;
  for (const name of ['position', 'seniority', 'preferred_two_factor_authentication', 'timezone', 'locale']) if (found[name] === '') found[name] = null;
  for (const name of NEVER_NULL) if (name in found && found[name] === null) throw new Invalid(`${name} is needed.`);
  if ('departments' in found) found.departments ??= [];
  for (const [name, check] of Object.entries(CHECKS)) {
    if (found[name] === undefined || found[name] === null) continue;
    const answer = check(found[name]);
    if (answer !== true) throw new Invalid(`${name} ${answer}.`);
  }
  if (found.expiration_date && found.expiration_date !== lastExpiry && (!isDate(found.expiration_date) || found.expiration_date < today)) throw new Invalid('expiration_date must be today or later.');
  return found;
};

/** @throws Invalid for departments or a studio that do not exist. */
export const checkReferences = async (context: Context, values: Record<string, any>): Promise<void> => {
  const wanted: string[] = values.departments ?? [];
  if (wanted.length > 0) {
    const known = await context.db.all(sql`select id from department where id = any(${textArray(wanted)}::uuid[])`);
    if (known.length < wanted.length) throw new Invalid('One of the departments does not exist.');
  }
  if (values.studio_id && !(await context.db.one(sql`select 1 from studio where id = ${values.studio_id}`))) throw new Invalid('There is no such studio.');
};

/** @throws Invalid (400) for a password that is too short, or unlike its repetition. */
export const checkPassword = (password: string, again: string): void => {
  if (password !== again) throw new Invalid('The two passwords differ.');
  if ([...password].length < MIN_PASSWORD) throw new Invalid(`A password has at least ${MIN_PASSWORD} characters.`);
  if (password.length > MAX_PASSWORD) throw new Invalid(`A password has at most ${MAX_PASSWORD} characters.`);
};
