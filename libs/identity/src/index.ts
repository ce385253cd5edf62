export type { Caller } from './caller.js';
export type { AccessFact, CaseAccessState, Duty, Glass, Member } from './case-access.projection.js';
export { caseAccess, noAccess } from './case-access.projection.js';
export type { Access, Asking, Wish } from './case-access.rule.js';
export { accessTo, blockedPeopleStayOut, runningGlass, takesPart } from './case-access.rule.js';
export { callerOfContext, DefaultDeny } from './default-deny.guard.js';
export { EveryDoorIsNamed } from './every-door-is-named.js';
export { IdentityModule } from './identity.module.js';
export { SECOND_FACTOR_LEVEL, SECOND_FACTOR_ROLES } from './claims.js';
export type { KeycloakSignOutOptions } from './keycloak-sign-out.js';
export { keycloakSignOut, SIGNED_OUT_PATH } from './keycloak-sign-out.js';
export type { KeycloakStaffOptions } from './keycloak-staff.js';
export { keycloakStaff, STAFF_CLIENT } from './keycloak-staff.js';
export type { StaffMember, StaffRegister } from './staff-register.js';
export { embeddedStaff } from './staff-register.js';
export { KEYS_AGE_SECONDS } from './issuer-keys.js';
export type { KeycloakRealm } from './keycloak-token-verifier.js';
export { keycloakTokenVerifier } from './keycloak-token-verifier.js';
export { ANYBODY, May, TheCaller } from './may.js';
export type { RequestContext } from './request-context.js';
export { bearerOf } from './request-context.js';
export type { TokenVerifier } from './token-verifier.js';
export { BadToken, tellingRefusals, TOKEN_VERIFIER, TryAgain } from './token-verifier.js';
export type { Account } from './demo-accounts.js';
export { DEMO_PASSWORD, demoAccounts } from './demo-accounts.js';
export type { EmbeddedIssuer, EmbeddedIssuerOptions } from './embedded-issuer.js';
export {
  assertEmbeddedIssuerAllowed,
  AUDIENCE,
  embeddedIssuer,
  mint,
  PORTAL_CLIENT,
  REALM,
} from './embedded-issuer.js';
