import type { DataClass } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import { sightOf, viewerOf } from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import { type Call, mayNotAsk } from '@resguardo/store-remote';
import type { Sealer } from '@resguardo/vault';
import { UnsealCall } from './calls.js';
import { TABLE } from './table.js';

/** What was sealed here is opened for coordination, in the name of a person who shows their own token. */
export const unsealing =
  (seals: Pick<Sealer, 'open'>, mayAsk = (service: string): boolean => service === TABLE): Call<Caller> =>
  async (body, { service, caller }) => {
    const { event, classes } = UnsealCall.parse(body);
    const spec = factSpec(event.type);
    if (!mayAsk(service) || !caller || !spec) throw mayNotAsk('only coordination asks this');
    return seals.open(event, spec, mayRead(caller, event.meta, classes));
  };

/**
 * Coordination has asked whether they may in this case, and by which way; whose keys these are asks the matrix once more, for the widest of the
 * ways: on the team, or under break-glass.
 */
const mayRead = (
  caller: Caller,
  { agency, actor }: { readonly agency: string; readonly actor: string },
  classes: readonly DataClass[],
): readonly DataClass[] =>
  classes.filter((cls) =>
    (['team', 'break-glass'] as const).some((via) => sightOf(cls, { agency, actor }, viewerOf(caller, via)) === 'FULL'),
  );
