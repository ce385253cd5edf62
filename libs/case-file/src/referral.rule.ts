import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState } from './case-file.state.js';

/** A referral goes to another agency. */
export const referredToAnother = (agency: string, to: string): Refusal | undefined =>
  agency === to ? refuse('R-905', 'E-OWN-AGENCY', { agency }) : undefined;

/** The receiver answers, once to take or decline it and once more when it is done. */
export const onlyTheReceiverAnswers = (
  agency: string,
  { referralId, answer, declineReason }: { referralId: string; answer: string; declineReason?: string },
  { referrals }: CaseFileState,
): Refusal | undefined => {
  const referral = referrals.find((r) => r.referralId === referralId);
  if (!referral) return refuse('R-905', 'E-NO-REFERRAL');
  if (referral.to !== agency) return refuse('R-905', 'E-NOT-RECEIVER', { agency: referral.to });
  if (referral.state === 'ENDED') return refuse('R-905', 'E-REFERRAL-ENDED');
  if (answer === 'DONE' && referral.state !== 'ACCEPTED') return refuse('R-905', 'E-NOT-ACCEPTED');
  if (answer === 'ACCEPTED' && referral.state === 'ACCEPTED') return refuse('R-905', 'E-REFERRAL-ANSWERED');
  if (answer === 'DECLINED' && !declineReason) return refuse('R-905', 'E-REASON-NEEDED');
  return undefined;
};

/** Who referred may take it back until it has ended. */
export const onlyTheSenderWithdraws = (
  agency: string,
  referralId: string,
  { referrals }: CaseFileState,
): Refusal | undefined => {
  const referral = referrals.find((r) => r.referralId === referralId);
  if (!referral) return refuse('R-905', 'E-NO-REFERRAL');
  if (referral.from !== agency) return refuse('R-905', 'E-NOT-SENDER', { agency: referral.from });
  return referral.state === 'ENDED' ? refuse('R-905', 'E-REFERRAL-ENDED') : undefined;
};
