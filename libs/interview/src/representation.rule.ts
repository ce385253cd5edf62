import { refuse } from '@resguardo/eventing';
import type { Rule } from './wish.js';

/** No interview, exam or hearing without a representative of the Child Protection Authority. */
export const theChildIsRepresented: Rule<never> = (_wish, { representative }) =>
  representative ? undefined : refuse('R-208', 'E-NO-REP');
