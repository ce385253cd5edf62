import { fileURLToPath } from 'node:url';
import { type Affiliation, AFFILIATIONS_OF, labelOf, type Role, ROLES, STATES } from '@resguardo/contracts';
import {
  AUDIENCE,
  PORTAL_CLIENT,
  REALM,
  SECOND_FACTOR_LEVEL,
  SECOND_FACTOR_ROLES,
  SIGNED_OUT_PATH,
  STAFF_CLIENT,
} from '@resguardo/identity';

/** Address of the portal without a slash at the end, put in by Keycloak from its environment when it imports the realm. */
export const PORTAL_PLACEHOLDER = '${RESGUARDO_PORTAL}';

/** Folder of the themes that a Keycloak with this realm is given. Without it sign-in goes on, on Keycloak's pages as they come. */
export const THEMES = fileURLToPath(new URL('theme', import.meta.url));

const MINUTE = 60;
const WORKDAY = 8 * 60 * MINUTE;
const YEAR = 365 * 24 * 60 * MINUTE;

/** Roles of people; processes have no account. */
const roles = ROLES.filter((role): role is Exclude<Role, 'SYSTEM'> => role !== 'SYSTEM');
const affiliations = [...new Set(Object.values(AFFILIATIONS_OF).flat())];
/** Who works for the whole country has no states. */
const WITHOUT_STATES: readonly Affiliation[] = ['SIPINNA', 'SYSTEM'];

/** Whoever is put in a group gets its agency and its state as claims. */
const groups = affiliations.map((agency) => ({
  name: agency,
  attributes: { agency: [agency] },
  subGroups: WITHOUT_STATES.includes(agency)
    ? []
    : STATES.map((state) => ({ name: state, attributes: { agency: [agency], states: [state] } })),
}));

const claim = (name: string, many: boolean) => ({
  name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: {
    'user.attribute': name,
    'claim.name': name,
    'jsonType.label': 'String',
    multivalued: String(many),
    // A person's states are those of all their groups. Agencies do not add up: a token has one.
    'aggregate.attrs': String(many),
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'userinfo.token.claim': 'false',
  },
});

const audience = {
  name: 'audience',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.client.audience': AUDIENCE, 'access.token.claim': 'true', 'id.token.claim': 'false' },
};

const closed = {
  enabled: true,
  protocol: 'openid-connect',
  fullScopeAllowed: false,
  standardFlowEnabled: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  optionalClientScopes: [],
};

const clients = [
  {
    ...closed,
    clientId: PORTAL_CLIENT,
    publicClient: true,
    standardFlowEnabled: true,
    // Where a page of Keycloak that cannot go on leads back to.
    baseUrl: `${PORTAL_PLACEHOLDER}/`,
    redirectUris: [`${PORTAL_PLACEHOLDER}/callback`],
    webOrigins: [PORTAL_PLACEHOLDER],
    attributes: {
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': `${PORTAL_PLACEHOLDER}/`,
      // Asked of everybody; only who has one of the roles below can be given it (see the flow).
      'default.acr.values': String(SECOND_FACTOR_LEVEL),
      'backchannel.logout.url': `${PORTAL_PLACEHOLDER}${SIGNED_OUT_PATH}`,
      'backchannel.logout.session.required': 'true',
    },
    defaultClientScopes: ['basic', 'acr', 'roles', 'profile', 'web-origins'],
    protocolMappers: [audience, claim('agency', false), claim('states', true)],
  },
  { ...closed, clientId: AUDIENCE, bearerOnly: true, defaultClientScopes: [] },
  {
    ...closed,
    clientId: STAFF_CLIENT,
    // No secret here: Keycloak makes one at the import.
    clientAuthenticatorType: 'client-secret',
    serviceAccountsEnabled: true,
    defaultClientScopes: ['basic', 'roles'],
  },
];

const execution = (authenticator: string, requirement: string, priority: number, config?: string) => ({
  authenticator,
  requirement,
  priority,
  authenticatorFlow: false,
  userSetupAllowed: false,
  ...(config && { authenticatorConfig: config }),
});
const subflow = (flowAlias: string, requirement: string, priority: number) => ({
  flowAlias,
  requirement,
  priority,
  authenticatorFlow: true,
  userSetupAllowed: false,
});
const flow = (alias: string, description: string, authenticationExecutions: readonly object[], topLevel = false) => ({
  alias,
  description,
  providerId: 'basic-flow',
  topLevel,
  builtIn: false,
  authenticationExecutions,
});
const level = (alias: string, loa: number) => ({
  alias,
  config: { 'loa-condition-level': String(loa), 'loa-max-age': String(WORKDAY) },
});

/** Contained in the roles that must have two factors. Keycloak takes each level once in a flow, so that the condition is one role. */
const SECOND_FACTOR = 'second-factor';

/**
 * Name and password of everybody; a one-time code besides of who has the role. The role is a condition of its own beside the level, so
 * that nobody reaches the level (`acr`) without having given the code.
 */
const authenticationFlows = [
  flow(
    'resguardo browser',
    'Password, and a one-time code of those whose role demands it',
    [execution('auth-cookie', 'ALTERNATIVE', 10), subflow('resguardo forms', 'ALTERNATIVE', 20)],
    true,
  ),
  // Keycloak makes a client of its own (admin-cli) that would take name and password from anywhere, without a second factor.
  flow(
    'no direct grant',
    'Nobody signs in without the page',
    [execution('deny-access-authenticator', 'REQUIRED', 10)],
    true,
  ),
  flow('resguardo forms', 'What is asked of whom', [
    subflow('password', 'CONDITIONAL', 10),
    subflow('one-time code', 'CONDITIONAL', 20),
    // Who is signed in already and owes no code has nothing left to do, which Keycloak would take for a failure.
    execution('allow-access-authenticator', 'REQUIRED', 30),
  ]),
  flow('password', 'Everybody', [
    execution('conditional-level-of-authentication', 'REQUIRED', 10, 'level of a password'),
    execution('auth-username-password-form', 'REQUIRED', 20),
  ]),
  flow('one-time code', 'Whose role demands it; set up at the first sign-in', [
    execution('conditional-user-role', 'REQUIRED', 10, 'role demands a second factor'),
    execution('conditional-level-of-authentication', 'REQUIRED', 20, 'level of a second factor'),
    execution('auth-otp-form', 'REQUIRED', 30),
  ]),
];
const authenticatorConfig = [
  level('level of a password', 1),
  { alias: 'role demands a second factor', config: { condUserRole: SECOND_FACTOR, negate: 'false' } },
  level('level of a second factor', SECOND_FACTOR_LEVEL),
];

const ANYBODY = { view: ['admin', 'user'], edit: ['admin'] };
/** Names and claims are the administrator's to change; what is not declared here cannot be set at all. */
const userProfile = {
  attributes: [
    {
      name: 'username',
      displayName: '${username}',
      permissions: ANYBODY,
      validations: { length: { min: 3, max: 80 } },
    },
    { name: 'email', displayName: '${email}', permissions: ANYBODY, validations: { email: {} } },
    { name: 'firstName', displayName: '${firstName}', permissions: ANYBODY, validations: { length: { max: 120 } } },
    { name: 'lastName', displayName: '${lastName}', permissions: ANYBODY, validations: { length: { max: 120 } } },
    {
      name: 'agency',
      displayName: 'Institución / Agency',
      permissions: ANYBODY,
      validations: { options: { options: affiliations } },
    },
    {
      name: 'states',
      displayName: 'Entidades (clave INEGI) / States',
      multivalued: true,
      permissions: ANYBODY,
      validations: { options: { options: STATES } },
    },
  ],
};

const notLetIn = (said: string) => ({
  invalidUserMessage: said,
  invalidPasswordMessage: said,
  accountTemporarilyDisabledMessage: said,
  accountPermanentlyDisabledMessage: said,
});

/** The realm as Keycloak imports it: no person and no secret. The one user is the staff client's own account, which may view users. */
export const realm = () => ({
  realm: REALM,
  enabled: true,
  // As the portal calls itself: no page, and no list of one-time codes on a telephone, says what it is about.
  displayName: 'Portal de gestiones',
  loginTheme: 'resguardo',
  sslRequired: 'external',
  registrationAllowed: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,
  rememberMe: false,
  loginWithEmailAllowed: false,

  internationalizationEnabled: true,
  supportedLocales: ['es', 'en'],
  defaultLocale: 'es',
  // The same words whether the name, the password or too many tries were wrong, and who helps.
  localizationTexts: {
    es: notLetIn(
      'Usuario o contraseña incorrectos. Tras cinco intentos hay que esperar unos minutos. Si no puede entrar, avise a quien administra el sistema.',
    ),
    en: notLetIn(
      'Wrong user name or password. After five tries one has to wait some minutes. If you cannot sign in, tell whoever administers the system.',
    ),
  },

  accessTokenLifespan: 5 * MINUTE,
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
  ssoSessionIdleTimeout: 30 * MINUTE,
  ssoSessionMaxLifespan: WORKDAY,
  accessCodeLifespan: MINUTE,
  // To find and set up a program for one-time codes takes its time.
  accessCodeLifespanUserAction: 30 * MINUTE,

  bruteForceProtected: true,
  failureFactor: 5,
  waitIncrementSeconds: MINUTE,
  maxFailureWaitSeconds: 15 * MINUTE,
  quickLoginCheckMilliSeconds: 500,
  passwordPolicy: 'length(12) and notUsername(undefined)',
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA1',
  otpPolicyDigits: 6,
  otpPolicyPeriod: 30,
  // People type slowly: the code before and the one after are taken too.
  otpPolicyLookAheadWindow: 1,

  eventsEnabled: true,
  eventsExpiration: YEAR,
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: true,

  roles: {
    realm: [
      { name: SECOND_FACTOR, description: 'Debe dar un segundo factor' },
      ...roles.map((name) => ({
        name,
        description: labelOf('codes', name, 'es'),
        ...(SECOND_FACTOR_ROLES.includes(name) && { composite: true, composites: { realm: [SECOND_FACTOR] } }),
      })),
    ],
  },
  groups,
  clients,
  scopeMappings: [{ client: PORTAL_CLIENT, roles }],
  clientScopeMappings: { 'realm-management': [{ client: STAFF_CLIENT, roles: ['view-users'] }] },
  users: [
    {
      username: `service-account-${STAFF_CLIENT}`,
      enabled: true,
      serviceAccountClientId: STAFF_CLIENT,
      clientRoles: { 'realm-management': ['view-users'] },
    },
  ],
  authenticationFlows,
  authenticatorConfig,
  browserFlow: 'resguardo browser',
  directGrantFlow: 'no direct grant',
  components: {
    'org.keycloak.userprofile.UserProfileProvider': [
      {
        providerId: 'declarative-user-profile',
        config: { 'kc.user.profile.config': [JSON.stringify(userProfile)] },
      },
    ],
  },
});

/** As it is committed. */
export const realmFile = (): string => JSON.stringify(realm(), null, 2) + '\n';
