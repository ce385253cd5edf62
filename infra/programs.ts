import { SERVICE_OF } from '@resguardo/contracts';

/** Services with a program of their own, in the order of their start. Insights has none yet. */
export const PROGRAMS = ['coordination', ...Object.values(SERVICE_OF), 'oversight'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Database and role of a service. */
export const databaseOf = (service: string): string => `resguardo_${service.replaceAll('-', '_')}`;
