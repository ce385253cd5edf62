import { admissionErrors, allCommands, writerOf } from '@resguardo/contracts';
import type { RecordedEvent } from '@resguardo/eventing';
import { postgresEventStore } from '@resguardo/store-postgres';
import { openTestDatabase } from '../support/database.js';
import { validInput } from './support/inputs.js';
import { fillTeam, openCase, OFFICERS, peopleOf } from './support/people.js';
import { removeFolder, startStandalone, temporaryFolder } from './support/standalone.js';

/** The keeper's door must not be narrower than what the product says: everything that it ever recorded would be let in again. */
it('D11: what the product records is what the keeper admits', async () => {
  const database = await openTestDatabase();
  const folder = temporaryFolder();
  const product = await startStandalone(folder, {
    env: { DATABASE_URL: database.url, RESGUARDO_REQUESTS_PER_MINUTE: '100000' },
  });
  const store = postgresEventStore({ connection: database.url });
  try {
    const people = peopleOf(product);
    const { caseId } = await openCase(people);
    await fillTeam(people, caseId);
    // Whether a command is accepted or refused here, what it leaves behind is recorded.
    for (const [name, spec] of Object.entries(allCommands)) {
      if (spec.on !== 'case' && spec.on !== 'anyone') continue;
      for (const officer of Object.values(OFFICERS))
        await people.answer(officer, name, { caseId, input: validInput(name, {}, { optionals: true }) });
    }
    const types = new Set<string>();
    const wrong: string[] = [];
    for await (const events of store.scan())
      for (const { stream, ...event } of events as readonly RecordedEvent[]) {
        types.add(event.type);
        const errors = admissionErrors(writerOf(event.type, event.meta.agency), stream, event);
        wrong.push(...errors.map(({ path, problem }) => `${event.type}: ${path} ${problem}`));
      }
    expect([...new Set(wrong)]).toEqual([]);
    expect(types.size).toBeGreaterThan(60);
  } finally {
    await store.close();
    await product.stop();
    await database.close();
    removeFolder(folder);
  }
}, 240_000);
