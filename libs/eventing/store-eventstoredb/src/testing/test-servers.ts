import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificates } from './certificates.js';
import { doubleLog } from './double-log.js';
import { startDouble } from './double-server.js';
import { openProxy, type Proxy } from './proxy.js';

export interface TestServer {
  /** For a client, through the proxy. */
  readonly url: string;
  /** For a client, past the proxy, which can bring together what the server sends one by one. */
  readonly direct: string;
  readonly secure: boolean;
  /** Takes connections away, in front of whatever server it is. */
  readonly proxy: Proxy;
  /** Only of the double: a server that was given is nobody's to kill. */
  readonly kill?: () => void;
  /** Starts it again on its port, with what it held. */
  readonly restart?: () => Promise<void>;
  close(): Promise<void>;
}

export interface ServerUnderTest {
  /** What the results are of: to be shown wherever they are. */
  readonly label: string;
  readonly secure: boolean;
  readonly isDouble: boolean;
  open(): Promise<TestServer>;
}

const HOST = '127.0.0.1';
/** With TLS by name: an address is no name for TLS. */
const NAME = 'localhost';
const USER = 'admin:changeit';
const given = process.env['EVENTSTOREDB_URL'];

const openDouble = async (secure: boolean): Promise<TestServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-double-'));
  const log = doubleLog();
  const certificates = secure ? testCertificates() : undefined;
  if (certificates) writeFileSync(join(folder, 'authority.pem'), certificates.authority);
  const start = (port?: number) =>
    startDouble({ log, users: [USER], ...(certificates && { certificates }), ...(port && { port }) });
  let server = await start();
  const { port } = server;
  const proxy = await openProxy(HOST, port);
  const authority = encodeURIComponent(join(folder, 'authority.pem'));
  const at = (reached: number) =>
    secure
      ? `esdb://${USER}@${NAME}:${reached}?tls=true&tlsCaFile=${authority}`
      : `esdb://${HOST}:${reached}?tls=false`;
  return {
    url: at(proxy.port),
    direct: at(port),
    secure,
    proxy,
    kill: () => server.kill(),
    restart: async () => {
      server = await start(port);
    },
    close: async () => {
      await proxy.close();
      server.kill();
      log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** @throws Error when no proxy can be put in front of it */
const openGiven = async (url: string): Promise<TestServer> => {
  const found = /^esdb:\/\/([^@]*@)?([^:/?,]+):?(\d*)\/?(\?.*)?$/.exec(url.trim());
  const secure = !/[?&]tls=false(&|$)/i.test(url);
  const [, user = '', host = '', port = '', options = ''] = found ?? [];
  const isHere = [NAME, HOST].includes(host);
  if (!found || (secure && !isHere))
    throw new Error(
      'EVENTSTOREDB_URL must be one esdb:// host, with TLS localhost or 127.0.0.1: a proxy is put before it',
    );
  const proxy = await openProxy(host, Number(port || 2113));
  return {
    url: `esdb://${user}${isHere ? host : HOST}:${proxy.port}${options}`,
    direct: url,
    secure,
    proxy,
    close: () => proxy.close(),
  };
};

/** The double, plain and with TLS; or, with EVENTSTOREDB_URL, that server and no double. */
export const serversUnderTest: readonly ServerUnderTest[] = given
  ? [
      {
        label: 'EventStoreDB at EVENTSTOREDB_URL',
        secure: !/[?&]tls=false(&|$)/i.test(given),
        isDouble: false,
        open: () => openGiven(given),
      },
    ]
  : [
      { label: 'EventStoreDB test double, plain', secure: false, isDouble: true, open: () => openDouble(false) },
      { label: 'EventStoreDB test double, TLS', secure: true, isDouble: true, open: () => openDouble(true) },
    ];

/** Said, never passed: what cannot be asked of this server. */
export const notRun = (label: string, what: string): void => {
  process.stdout.write(`not run: ${label}: ${what}\n`);
};
