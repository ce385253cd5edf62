import { noteVerdict, openHistory } from '@resguardo/service';
import { openCore } from './compose.js';
import { configFrom } from './config.js';

/**
 * `npm run verify`: recomputes the whole history of the data folder (D6). Ends 0 with counts and the length of the unsigned tail, or 1
 * naming the first broken event; 2 when the history could not be read. It works on ciphertext, so it passes after an erasure too.
 * `npm run verify -- coordination`: the same of the services' history, with coordination's settings, also while they run.
 */
const cannot = (why: string): never => {
  console.error(why);
  process.exit(2);
};

try {
  const args = process.argv.slice(2);
  const core =
    args[0] === 'coordination'
      ? await openHistory(process.env)
      : await openCore(configFrom(process.env, args), (why) => cannot(`stopped: ${why}`));
  const verdict = await core.verify();
  const { events, streams, unsigned, broken } = verdict;
  await noteVerdict(core.upkeep, core.clock(), verdict);
  // Nothing is signed here: a signature must not bless what was found broken.
  await core.close({ sign: false });
  console.log(`${events} events in ${streams} streams; ${unsigned} at the end not yet signed`);
  if (broken) {
    const { why, ...where } = broken;
    const place = Object.entries(where).map(([name, value]) => `${name} ${value}`);
    console.error(`BROKEN: ${why} (${place.join(', ')})`);
    process.exit(1);
  }
  console.log('The history is whole.');
  process.exit(0);
} catch (error) {
  cannot(error instanceof Error ? error.message : String(error));
}
