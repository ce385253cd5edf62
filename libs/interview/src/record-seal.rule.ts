import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Interview } from './interview.state.js';
import { held } from './interview.state.js';

/** Hours after the session within which its record is sealed. */
export const SEAL_HOURS = 24;

/** A record is sealed once, after a session; afterwards nothing of it changes. */
export const theRecordIsSealedOnce = (interview: Interview | undefined): Refusal | undefined => {
  if (!interview || !held(interview) || interview.inSession) return refuse('R-028', 'E-RECORD-NONE');
  return interview.sealedAt ? refuse('R-028', 'E-RECORD-SEALED', { sealedAt: interview.sealedAt }) : undefined;
};
