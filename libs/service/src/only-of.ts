import { AGENCIES, type Service, SERVICE_OF, type TokenRefusal } from '@resguardo/contracts';
import { BadToken, type TokenVerifier } from '@resguardo/identity';

/** D7: an agency's service answers its own people; the gateway brings it nobody else. */
export const onlyOf = (
  service: Service,
  verifier: TokenVerifier,
  refused: (why: TokenRefusal) => void,
): TokenVerifier => ({
  verify: async (token) => {
    const caller = await verifier.verify(token);
    if (!AGENCIES.some((agency) => agency === caller.agency && SERVICE_OF[agency] === service)) {
      refused('other-agency');
      throw new BadToken('somebody of another agency', 'other-agency');
    }
    return caller;
  },
  stillGood: (caller) => verifier.stillGood(caller),
  drop: (of) => verifier.drop(of),
});
