import type { CommandSpecs, Service } from '@resguardo/contracts';
import { given } from '@resguardo/contracts';
import type { EventStore, NewEvent } from '@resguardo/eventing';
import { acceptanceOf, oneAtATime } from '@resguardo/eventing';
import type { KeptInstead } from './answered-or-kept.js';
import { answeredOrKept } from './answered-or-kept.js';
import type { Answer, Ruling } from './desk.js';
import { hideTexts } from './hidden-texts.js';
import type { Seal } from './new-event.js';
import { newEvent } from './new-event.js';
import type { Said } from './said.js';
import { errorsIn } from './said.js';

export type AgencyAnswer = Answer | KeptInstead;

export interface AgencyDeskParts<Speaker> {
  readonly commands: CommandSpecs;
  /** The service this desk belongs to: its keys seal. */
  readonly service: Service;
  /** Asks the shared desk, in the name of the speaker. @throws StoreUnavailable when it does not answer */
  readonly rule: (name: string, said: Said, speaker: Speaker) => Promise<Ruling>;
  /** Through the keeper, in the name of the speaker. */
  readonly append: (
    speaker: Speaker,
    ...appended: [...Parameters<EventStore['append']>, warrant: string | undefined]
  ) => ReturnType<EventStore['append']>;
  readonly seal: Seal;
  /** Keeps what may never be lost to an outage, durable when it resolves; with when. Undefined: its id was kept with another content. */
  readonly keep?: (name: string, said: Said, speaker: Speaker) => Promise<string | undefined>;
  /** Something said earlier of the same case still waits: what is said now waits behind it. */
  readonly mustWait?: (said: Said) => Promise<boolean>;
  /** Marks texts that the shared desk does not get; it must outlive restarts, or a repetition is taken for a reuse (D12). */
  readonly textKey: Buffer;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  readonly deadlineMs?: number;
  /** How long the timeline is tried before something is kept; milliseconds. */
  readonly keepAfterMs?: number;
}

/**
 * The desk of an agency's own service (D11): facts, reports, questions and answers to referrals enter here. Which facts follow is decided
 * where all rules can be seen, in coordination, without the words; here the words are put back, sealed under the agency's own keys, and appended.
 */
export class AgencyDesk<Speaker> {
  private readonly queue = oneAtATime();

  constructor(private readonly parts: AgencyDeskParts<Speaker>) {}

  /** @throws StoreUnavailable when keeper or shared desk did not answer in time; the outcome may be unknown, and the same may be said again. */
  async execute(name: string, said: Said, speaker: Speaker): Promise<AgencyAnswer> {
    const { commands, clock, textKey, keep, mustWait, deadlineMs, keepAfterMs } = this.parts;
    const spec = commands[name];
    if (!spec) throw new Error(`${name} does not enter here`);
    const errors = errorsIn(spec, said, clock());
    if (errors.length > 0) return { kind: 'malformed', errors };
    const { input, reveal } = hideTexts(spec, given(said.input ?? {}), textKey);
    const began = Date.now();
    return this.queue(said.caseId ?? said.folio ?? said.commandId, () =>
      answeredOrKept<Answer>(
        async () => {
          const ruling = await this.parts.rule(name, { ...said, input }, speaker);
          return ruling.kind === 'decided' ? this.append(ruling, reveal, speaker) : ruling;
        },
        {
          began,
          // What happened and what was reported is never lost to an outage; a wish is answered `Busy` (D12).
          ...(keep && spec.mark === 'fact' && { keep: () => keep(name, said, speaker) }),
          ...(mustWait && { mustWait: () => mustWait(said) }),
          ...(deadlineMs && { deadlineMs }),
          ...(keepAfterMs && { keepAfterMs }),
        },
      ),
    );
  }

  private async append(
    { facts, origin, stream, expected, warrant }: Extract<Ruling, { kind: 'decided' }>,
    reveal: (data: Readonly<Record<string, unknown>>) => object,
    speaker: Speaker,
  ): Promise<Answer> {
    const { service, seal } = this.parts;
    const events: NewEvent[] = [];
    for (const [index, { schemaVersion, ...fact }] of facts.entries()) {
      const whole = { ...fact, data: reveal(fact.data as Record<string, unknown>) };
      events.push(await newEvent(whole, index, schemaVersion, origin, service, seal));
    }
    const { revision } = await this.parts.append(speaker, stream, events, expected, warrant);
    const { commandId, by, caseId } = origin.context;
    const { violationOf } = acceptanceOf({ commandId, actor: by.actor, digest: origin.digest }, events, revision);
    const folio = events.find(({ type }) => type === 'CaseOpened')?.data['folio'];
    return {
      kind: 'accepted',
      caseId,
      revision,
      repeated: false,
      violationOf,
      ...(typeof folio === 'string' && { folio }),
    };
  }
}
