import { labelOf, labels, WRITTEN_ZONE, writtenDay, writtenInstant } from '@resguardo/contracts';

export type Language = 'es' | 'en';

export const ZONE = WRITTEN_ZONE;

const parts = (iso: string, language: Language, options: Intl.DateTimeFormatOptions) =>
  Object.fromEntries(
    new Intl.DateTimeFormat(language === 'es' ? 'es-MX' : 'en-GB', { timeZone: ZONE, hourCycle: 'h23', ...options })
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  ) as Record<string, string>;

/** `22 nov 2026` of an instant, in the capital's zone. */
export const dayText = (iso: string, language: Language): string => writtenDay(iso, language);

/** `22 nov 2026, 14:05 (CDMX)`. */
export const instantText = writtenInstant;

/** `domingo 22 de noviembre de 2026`: the heading of a day. */
export const longDay = (iso: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'es' ? 'es-MX' : 'en-GB', { timeZone: ZONE, dateStyle: 'full' }).format(
    new Date(iso),
  );

/** Day key `YYYY-MM-DD` in the capital's zone. */
export const dayKey = (iso: string): string => {
  const { year, month, day } = parts(iso, 'en', { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${year}-${month}-${day}`;
};

/** What a `datetime-local` field shows for an instant. */
export const toLocal = (iso: string): string => {
  const { hour, minute } = parts(iso, 'en', { hour: '2-digit', minute: '2-digit' });
  return `${dayKey(iso)}T${hour}:${minute}`;
};

/** The instant of a wall time `YYYY-MM-DDTHH:MM` in the capital; undefined while it is not complete. */
export const fromLocal = (wall: string): string | undefined => {
  const asUtc = Date.parse(`${wall}Z`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(wall) || Number.isNaN(asUtc)) return undefined;
  const shown = (at: number) => Date.parse(`${toLocal(new Date(at).toISOString())}Z`);
  // Twice: the offset of the guess may not be that of the answer, beside a change of the clocks.
  const guess = asUtc - (shown(asUtc) - asUtc);
  const exact = guess + (asUtc - shown(guess));
  return new Date(exact).toISOString();
};

/** The last millisecond of a day `YYYY-MM-DD` in the capital. */
export const endOfDay = (day: string): string | undefined => {
  const lastMinute = fromLocal(`${day}T23:59`);
  return lastMinute && new Date(Date.parse(lastMinute) + 59_999).toISOString();
};

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `dentro de 3 días`, `hace 2 horas`; never in seconds. Days are those of the calendar in the capital: "tomorrow" is tomorrow's date. */
export const relative = (iso: string, now: number, language: Language): string => {
  const gap = Date.parse(iso) - now;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(gap) >= size * 1.5) ?? UNITS[2];
  const days = () => Date.parse(dayKey(iso)) - Date.parse(dayKey(new Date(now).toISOString()));
  return new Intl.RelativeTimeFormat(language === 'es' ? 'es-MX' : 'en', { numeric: 'auto' }).format(
    Math.trunc((unit === 'day' ? days() : gap) / size),
    unit,
  );
};

/** A plain value of a fact, in words. */
export const valueText = (value: unknown, language: Language): string => {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return language === 'es' ? (value ? 'sí' : 'no') : value ? 'yes' : 'no';
  // Twelve minutes are not Guerrero, whose code is 12.
  if (typeof value === 'number') return new Intl.NumberFormat(language === 'es' ? 'es-MX' : 'en-GB').format(value);
  if (Array.isArray(value)) return value.map((item) => valueText(item, language)).join(' · ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, item]) => `${labelOf('fields', name, language)}: ${valueText(item, language)}`)
      .join(' · ');
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return instantText(text, language);
  // What somebody typed in capitals is no code: it is shown as they typed it.
  return Object.hasOwn(labels.codes, text) ? labelOf('codes', text, language) : text;
};
