import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PORTAL_CLIENT } from '@resguardo/identity';
import { type RunningKeycloak, startKeycloak } from '../engines/index.js';
import { adminOf } from '../keycloak/admin.js';
import { realmWithDemoAccounts } from '../keycloak/people.js';
import { PORTAL_PLACEHOLDER, THEMES } from '../keycloak/realm.js';
import { passwordIn } from '../secrets/secrets.js';

export interface DemoKeycloak {
  /** As it stands in the issuer of its tokens, known before it runs. */
  readonly url: string;
  /** Of the client that reads the register of staff. */
  readonly staffClientSecret: string;
  /** File with the password of Keycloak's own administrator, `admin`. */
  readonly adminPasswordFile: string;
  start(): Promise<RunningKeycloak>;
}

/**
 * A Keycloak with the product's realm and the demo accounts, on this machine only. Its database stays in the folder, and with it the
 * second factors that people have set up.
 * @param portal address of the product, without a slash at the end; another one at each start if need be
 */
export const demoKeycloak = (folder: string, port: number, portal: string): DemoKeycloak => {
  const secrets = join(folder, 'secrets');
  const staffClientSecret = passwordIn(join(secrets, 'keycloak', 'staff-client-secret'));
  const adminPasswordFile = join(secrets, 'keycloak', 'admin-password');
  return {
    url: `http://127.0.0.1:${port}`,
    staffClientSecret,
    adminPasswordFile,
    start: async () => {
      const definition = realmWithDemoAccounts(staffClientSecret);
      const realmFile = join(secrets, 'keycloak', 'realm.json');
      writeFileSync(realmFile, definition, { mode: 0o600 });
      // Keycloak takes a realm from a file once: another realm or other accounts are another database.
      const print = createHash('sha256').update(definition).digest('hex').slice(0, 12);
      const keycloak = await startKeycloak({
        realmFile,
        themes: THEMES,
        port,
        values: { RESGUARDO_PORTAL: portal },
        kept: { folder: join(folder, 'keycloak', print), password: passwordIn(adminPasswordFile) },
        given: undefined,
      });
      try {
        await adminOf(keycloak).changeClient(PORTAL_CLIENT, portalClient(definition, portal));
      } catch (error) {
        await keycloak.stop();
        throw error;
      }
      return keycloak;
    },
  };
};

/** The address that an earlier start put in may be another one. */
const portalClient = (definition: string, portal: string): object => {
  const { clients } = JSON.parse(definition.replaceAll(PORTAL_PLACEHOLDER, portal)) as {
    clients: readonly {
      clientId: string;
      baseUrl: unknown;
      redirectUris: unknown;
      webOrigins: unknown;
      attributes: unknown;
    }[];
  };
  const { baseUrl, redirectUris, webOrigins, attributes } = clients.find(({ clientId }) => clientId === PORTAL_CLIENT)!;
  return { baseUrl, redirectUris, webOrigins, attributes };
};
