import type { TimetableBlock } from './record.js';

const DAYS: Readonly<Record<string, TimetableBlock['weekday']>> = {
  Mon: 'MON',
  Tue: 'TUE',
  Wed: 'WED',
  Thu: 'THU',
  Fri: 'FRI',
  Sat: 'SAT',
  Sun: 'SUN',
};

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Local day, weekday and minute of the day of a moment. */
const localAt = (moment: number, zone: string) => {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: `${parts['year']}-${parts['month']}-${parts['day']}`,
    weekday: DAYS[parts['weekday'] ?? ''],
    minute: Number(parts['hour']) * 60 + Number(parts['minute']),
  };
};

/**
 * Whether a slot touches a school block. `start` is UTC, blocks are wall time in `zone`; a block that ends when the slot
 * begins does not touch it.
 */
export const overlapsTimetable = (
  blocks: readonly TimetableBlock[],
  start: string,
  minutes: number,
  zone: string,
): boolean => {
  const begins = Date.parse(start);
  if (Number.isNaN(begins)) throw new Error('A slot needs a start in ISO 8601');
  // Stepping keeps days that a slot crosses, and clock changes, right without arithmetic on local times.
  for (let passed = 0; passed < minutes; passed += 5) {
    const { day, weekday, minute } = localAt(begins + passed * 60_000, zone);
    const until = minute + Math.min(5, minutes - passed);
    for (const block of blocks) {
      if (block.weekday !== weekday || (block.validUntil && day > block.validUntil)) continue;
      if (minute < minuteOf(block.until) && until > minuteOf(block.from)) return true;
    }
  }
  return false;
};
