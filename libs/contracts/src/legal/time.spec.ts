import { isBusinessDay } from './calendars.js';
import {
  addDays,
  addMonths,
  afterBusinessDays,
  afterCalendarDays,
  afterHours,
  businessDay,
  endOfDay,
  localDay,
  movedToBusinessDay,
  startOfDay,
  weekday,
} from './time.js';

const morelos = { kind: 'STATE_JUDICIARY', state: '17' } as const;
const agency = { kind: 'AGENCY' } as const;

describe('legal time', () => {
  it('TC-1: hours run through nights and holidays', () => {
    expect(afterHours('2026-12-24T23:00:00.000Z', 24)).toBe('2026-12-25T23:00:00.000Z');
  });

  it('TC-8: a day is the day in the zone of the authority', () => {
    expect(localDay('2026-03-02T05:59:59.999Z', 'America/Mexico_City')).toBe('2026-03-01');
    expect(localDay('2026-03-02T06:00:00.000Z', 'America/Mexico_City')).toBe('2026-03-02');
    expect(localDay('2026-03-02T06:30:00.000Z', 'America/Mazatlan')).toBe('2026-03-01');
    expect(localDay('2026-03-02T06:30:00.000Z', 'America/Bahia_Banderas')).toBe('2026-03-02');
  });

  it('TC-8: a day begins and ends an hour later in Tepic than in Bahía de Banderas', () => {
    expect(endOfDay('2026-06-15', 'America/Mazatlan')).toBe('2026-06-16T06:59:59.999Z');
    expect(endOfDay('2026-06-15', 'America/Bahia_Banderas')).toBe('2026-06-16T05:59:59.999Z');
  });

  it('TC-8: summer time of past years is counted, its end in 2022 too, and the border keeps it', () => {
    expect(startOfDay('2022-04-03', 'America/Mexico_City')).toBe('2022-04-03T06:00:00.000Z');
    expect(endOfDay('2022-04-03', 'America/Mexico_City')).toBe('2022-04-04T04:59:59.999Z');
    expect(startOfDay('2022-10-30', 'America/Mexico_City')).toBe('2022-10-30T05:00:00.000Z');
    expect(endOfDay('2022-10-30', 'America/Mexico_City')).toBe('2022-10-31T05:59:59.999Z');
    expect(startOfDay('2026-07-01', 'America/Mexico_City')).toBe('2026-07-01T06:00:00.000Z');
    expect(startOfDay('2026-07-01', 'America/Tijuana')).toBe('2026-07-01T07:00:00.000Z');
  });

  it('TC-3: calendar days end with the last day, over the end of the year and in leap years', () => {
    expect(afterCalendarDays('2026-12-31T18:00:00.000Z', 1, 'America/Mexico_City')).toBe('2027-01-02T05:59:59.999Z');
    expect(afterCalendarDays('2026-12-20T18:00:00.000Z', 21, 'America/Mexico_City')).toBe('2027-01-11T05:59:59.999Z');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  });

  it('TC-3: months end on the last day of a shorter month', () => {
    expect(addMonths('2026-08-31', 6)).toBe('2027-02-28');
    expect(addMonths('2026-01-15', 6)).toBe('2026-07-15');
  });

  it('TC-2, TC-6: ten business days of a notice on a Friday begin on Monday', () => {
    expect(weekday('2026-03-06')).toBe(5);
    // 16 March 2026 is the third Monday: closed.
    expect(businessDay('2026-03-06', 10, morelos)).toBe('2026-03-23');
  });

  it('TC-2: a business day limit over Christmas and New Year leaves both out', () => {
    expect(businessDay('2026-12-23', 5, agency)).toBe('2026-12-31');
    expect(businessDay('2026-12-31', 1, agency)).toBe('2027-01-04');
    expect(afterBusinessDays('2026-12-31T23:30:00.000Z', 1, 'America/Mazatlan', agency)).toBe(
      '2027-01-05T06:59:59.999Z',
    );
  });

  it('TC-2: business days are counted back from an act', () => {
    expect(businessDay('2026-03-20', -5, morelos)).toBe('2026-03-12');
  });

  it('TC-2: a limit on a closed day moves to the next business day', () => {
    expect(movedToBusinessDay('2026-05-01', agency)).toBe('2026-05-04');
    expect(movedToBusinessDay('2026-05-04', agency)).toBe('2026-05-04');
  });

  it('TC-8: the first of October is closed in 2024 and 2030 and open between', () => {
    expect(isBusinessDay('2024-10-01', agency)).toBe(false);
    expect(isBusinessDay('2030-10-01', agency)).toBe(false);
    expect(isBusinessDay('2026-10-01', agency)).toBe(true);
  });

  it('TC-8: the statutory days of 2025 to 2028 are closed', () => {
    const closed = [
      ['2025-01-01', '2025-02-03', '2025-03-17', '2025-05-01', '2025-09-16', '2025-11-17', '2025-12-25'],
      ['2026-01-01', '2026-02-02', '2026-03-16', '2026-05-01', '2026-09-16', '2026-11-16', '2026-12-25'],
      ['2027-01-01', '2027-02-01', '2027-03-15', '2027-09-16', '2027-11-15'],
      ['2028-02-07', '2028-03-20', '2028-05-01', '2028-11-20', '2028-12-25'],
    ].flat();
    expect(closed.filter((day) => isBusinessDay(day, agency))).toEqual([]);
  });

  it('TC-8: courts close on Thursday and Friday of Holy Week, agencies do not', () => {
    expect(isBusinessDay('2026-04-02', morelos)).toBe(false);
    expect(isBusinessDay('2026-04-03', { kind: 'FEDERAL_JUDICIARY' })).toBe(false);
    expect(isBusinessDay('2026-04-02', agency)).toBe(true);
    expect(isBusinessDay('2026-05-05', { kind: 'FEDERAL_JUDICIARY' })).toBe(false);
  });
});
