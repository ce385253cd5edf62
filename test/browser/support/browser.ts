import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { subjectOf } from '../../e2e/support/people.js';
import { type Standalone, tokenFor } from '../../e2e/support/standalone.js';

const require = createRequire(import.meta.url);

const PACKAGE = join(process.cwd(), 'node_modules/@sparticuz/chromium');

/**
 * The folder of the package's browser, with its own copies of nspr, nss and expat for systems that have none. Whole or not there: on a
 * new machine several workers unpack at once, and what one is still writing the other can not start.
 */
const unpacked = (): string => {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const folder = join(tmpdir(), `resguardo-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const partial = mkdtempSync(`${folder}.`);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `await (await import('@sparticuz/chromium')).default.executablePath()`],
    { env: { ...process.env, TMPDIR: partial }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the browser could not be unpacked: ${stderr}`);
  const archive = brotliDecompressSync(readFileSync(join(PACKAGE, 'bin/al2023.tar.br')));
  if (spawnSync('tar', ['-x', '-C', partial], { input: archive }).status !== 0)
    throw new Error('the libraries of the browser package could not be unpacked');
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Somebody else was first, and theirs is whole.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true });
  }
  return folder;
};

/** In one process, pages of different people read one another's `document.cookie`; several are slower and take more memory. */
const ONE_PROCESS = ['--single-process', '--no-zygote'];

/**
 * A headless Chromium from the registry, or the one that CHROMIUM_PATH names. Nothing is installed by hand. `apart`: people do not share
 * a process, as they must not where a page reads its cookies.
 * @throws when neither is there: a browser test that cannot run fails, it does not pass.
 */
export const launch = async ({ apart = false } = {}): Promise<Browser> => {
  const given = process.env['CHROMIUM_PATH'];
  const folder = given ? undefined : unpacked();
  return chromium.launch({
    executablePath: given ?? join(folder!, 'chromium'),
    ...(folder && {
      env: {
        ...process.env,
        LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], join(folder, 'lib')].filter(Boolean).join(':'),
      },
    }),
    args: [
      ...(given
        ? []
        : chromiumPackage.args.filter((arg) => !arg.startsWith('--headless') && !(apart && ONE_PROCESS.includes(arg)))),
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none',
    ],
  });
};

export const WIDE = { width: 1280, height: 900 } as const;
export const NARROW = { width: 360, height: 740 } as const;

/** An empty page of somebody's own browser, in Spanish. */
export const opened = async (
  browser: Browser,
  viewport: { readonly width: number; readonly height: number } = WIDE,
) => {
  const context = await browser.newContext({
    viewport,
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    reducedMotion: 'reduce',
  });
  // Shorter than a test may take: what is not there is named, and not only that time was up.
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  return { page, context, errors };
};

/** A browser of somebody who has signed in through the issuer's own page. Anything the page's console calls an error is kept. */
export const signedIn = async (
  browser: Browser,
  url: string,
  username: string,
  viewport: { readonly width: number; readonly height: number } = WIDE,
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly errors: readonly string[] }> => {
  const { page, context, errors } = await opened(browser, viewport);
  await page.goto(url);
  await signIn(page, username);
  return { page, context, errors };
};

export const signIn = async (page: Page, username: string, password = 'resguardo-demo'): Promise<void> => {
  const start = page.getByRole('button', { name: /^Entrar/ });
  const name = page.getByLabel(/Usuario|cuenta/i).first();
  await start.or(name).first().waitFor();
  if ((await start.isVisible()) && !(await name.isVisible())) await start.click();
  await name.fill(username);
  await page
    .getByLabel(/Contraseña/i)
    .first()
    .fill(password);
  await page.getByRole('button', { name: /^(Entrar|Iniciar)/ }).click();
  await page.waitForURL((where) => !where.pathname.startsWith('/realms') && !where.pathname.startsWith('/callback'));
  await page.locator('main h1').first().waitFor();
};

/**
 * A browser of somebody who has signed in before, with a token from the issuer's own key: for what comes after the door.
 * The door itself is tested with `signedIn`.
 */
export const entered = async (
  browser: Browser,
  product: Pick<Standalone, 'url' | 'dataFolder'>,
  username: string,
  viewport: { readonly width: number; readonly height: number } = WIDE,
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly errors: readonly string[] }> => {
  const seconds = 1_800;
  const session = JSON.stringify({
    access_token: await tokenFor(product, username, seconds),
    token_type: 'Bearer',
    scope: 'openid profile',
    profile: { sub: subjectOf(username) },
    expires_at: Math.floor(Date.now() / 1000) + seconds,
  });
  const { page, context, errors } = await opened(browser, viewport);
  await context.addInitScript({
    content: `sessionStorage.setItem('oidc.user:${product.url}/realms/resguardo:portal', ${JSON.stringify(session)})`,
  });
  await page.goto(product.url);
  await page.locator('main h1').first().waitFor();
  return { page, context, errors };
};

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 AA on the page as it stands, in words. */
export const violations = async (page: Page): Promise<readonly string[]> => {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  // As text: this program's types know no page, and must not. From the top: what scrolled under the header is not small for that.
  return page.evaluate(`(async () => {
    const at = scrollY;
    scrollTo(0, 0);
    const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] });
    scrollTo(0, at);
    return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(
      ({ target, failureSummary }) => id + ': ' + help + ' at ' + target.join(' ') + ' (' + failureSummary + ')'));
  })()`);
};

/** WCAG 1.4.10: nothing makes the page scroll sideways. */
export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');
