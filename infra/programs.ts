import { SERVICE_OF } from '@resguardo/contracts';

/** Services, each with a program of its own, in the order of their start. */
export const PROGRAMS = ['coordination', ...Object.values(SERVICE_OF), 'insights', 'oversight'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Database and role of a service. */
export const databaseOf = (service: string): string => `resguardo_${service.replaceAll('-', '_')}`;
