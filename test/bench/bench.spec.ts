import { spawnSync } from 'node:child_process';

/** What is measured against is not installed for tests: the product's own side of every measurement runs, a few operations of each. */
describe('npm run bench', () => {
  it('still composes the product and measures each path', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', './tools/hooks.mjs', 'bench/run.mjs', '--smoke', '--cases=2', '--rounds=1'],
      { encoding: 'utf8', env: { ...process.env, NODE_ENV: 'development' } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('Error') });
    for (const title of [
      /^Timeline page of 50 entries/m,
      /^Visible on a subscription/m,
      /^Commands on cases of \d+ facts and more, 16 at once \(/m,
      /^Appends of one event of \d+ bytes, 128 at once \(/m,
      /^Commands .*, followers stopped/m,
      /^Appends .*, followers stopped/m,
    ])
      expect(stdout).toMatch(title);
  }, 120_000);

  it('still measures the event store, and says on what', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', './tools/hooks.mjs', 'bench/run.mjs', '--smoke', '--only=eventstoredb', '--rounds=1'],
      { encoding: 'utf8', env: { ...process.env, NODE_ENV: 'development', EVENTSTOREDB_URL: '' } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^The event store on: double \(/m);
    for (const row of ['one at a time', '16 writers', '64 writers', '256 writers'])
      expect(stdout).toContain(`appends, ${row}`);
    expect(stdout).toMatch(
      /events in batches of 100 [^]*readAll, events [^]*^Append to live subscriber on: double \(/m,
    );
  }, 120_000);
});
