/** How people read a time: alike on pages, in sentences of the timeline and in refusals. Zone of the capital unless told. */
export const WRITTEN_ZONE = 'America/Mexico_City';

type Locale = 'es' | 'en';

const parts = (at: string, locale: Locale, timeZone: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    new Intl.DateTimeFormat(locale === 'es' ? 'es-MX' : 'en-GB', {
      timeZone,
      hourCycle: 'h23',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );

/** `22 nov 2026` of an instant, or of a day `YYYY-MM-DD` when the zone is `UTC`. */
export const writtenDay = (at: string, locale: Locale, zone: string = WRITTEN_ZONE): string => {
  const { day, month, year } = parts(at, locale, zone);
  return `${day} ${month?.replace('.', '')} ${year}`;
};

/** `22 nov 2026, 14:05 (CDMX)`. */
export const writtenInstant = (at: string, locale: Locale): string => {
  const { hour, minute } = parts(at, locale, WRITTEN_ZONE);
  return `${writtenDay(at, locale)}, ${hour}:${minute} (CDMX)`;
};
