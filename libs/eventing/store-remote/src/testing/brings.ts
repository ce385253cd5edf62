import type { Affiliation, Service } from '@resguardo/contracts';
import { AGENCIES } from '@resguardo/contracts';
import type { OnBehalf } from '../index.js';
import type { Who } from './facts.js';

/** Whom a service may bring, written out by hand: what is held against it would not notice if the rule itself were opened. */
export const BRINGS: Readonly<Record<Service, readonly Affiliation[]>> = {
  coordination: [...AGENCIES, 'INTERMEDIARY_REGISTER', 'SYSTEM'],
  prosecution: ['PROSECUTOR', 'SYSTEM'],
  'child-protection': ['CHILD_PROTECTION', 'SYSTEM'],
  'victims-commission': ['VICTIMS_COMMISSION', 'SYSTEM'],
  health: ['HEALTH', 'SYSTEM'],
  oversight: ['SYSTEM'],
  insights: [],
};

/** Everybody in whose name a fact can be said: an officer of each agency, an intermediary, a process. */
export const SPEAKERS: readonly Who[] = [
  ...AGENCIES.map((agency) => ({ actor: `u-${agency.toLowerCase()}`, agency, role: 'OFFICER' })),
  { actor: 'u-intermediary', agency: 'INTERMEDIARY_REGISTER', role: 'INTERMEDIARY' },
  { actor: 'process:mirror', agency: 'SYSTEM', role: 'SYSTEM' },
];

/** On the word of the service that brings them. */
export const byOf = ({ actor, agency, role }: Who): OnBehalf => ({
  statement: {
    actor,
    agency,
    role,
    verifiedAt: new Date().toISOString(),
    ...(!actor.startsWith('process:') && { tokenId: 't' }),
  },
});
