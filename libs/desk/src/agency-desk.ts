import { setTimeout } from 'node:timers/promises';
import type { CommandSpecs, Service } from '@resguardo/contracts';
import { given } from '@resguardo/contracts';
import type { EventStore, NewEvent } from '@resguardo/eventing';
import { acceptanceOf, DEADLINE_MS, oneAtATime, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { Answer, Ruling } from './desk.js';
import { hideTexts } from './hidden-texts.js';
import type { Seal } from './new-event.js';
import { newEvent } from './new-event.js';
import type { Said } from './said.js';
import { errorsIn } from './said.js';

export interface AgencyDeskParts<Speaker> {
  readonly commands: CommandSpecs;
  /** The service this desk belongs to: its keys seal. */
  readonly service: Service;
  /** Asks the shared desk, in the name of the speaker. @throws StoreUnavailable when it does not answer */
  readonly rule: (name: string, said: Said, speaker: Speaker) => Promise<Ruling>;
  /** Through the keeper, in the name of the speaker. */
  readonly append: (
    speaker: Speaker,
    ...appended: Parameters<EventStore['append']>
  ) => ReturnType<EventStore['append']>;
  readonly seal: Seal;
  /** Marks texts that the shared desk does not get; it must outlive restarts, or a repetition is taken for a reuse (D12). */
  readonly textKey: Buffer;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  readonly deadlineMs?: number;
}

/**
 * The desk of an agency's own service (D11): facts, reports, questions and answers to referrals enter here. Which facts follow is decided
 * where all rules can be seen, in coordination, without the words; here the words are put back, sealed under the agency's own keys, and appended.
 */
export class AgencyDesk<Speaker> {
  private readonly queue = oneAtATime();

  constructor(private readonly parts: AgencyDeskParts<Speaker>) {}

  /** @throws StoreUnavailable when keeper or shared desk did not answer in time; the outcome may be unknown, and the same may be said again. */
  async execute(name: string, said: Said, speaker: Speaker): Promise<Answer> {
    const { commands, clock, textKey, deadlineMs = DEADLINE_MS } = this.parts;
    const spec = commands[name];
    if (!spec) throw new Error(`${name} does not enter here`);
    const errors = errorsIn(spec, said, clock());
    if (errors.length > 0) return { kind: 'malformed', errors };
    const { input, reveal } = hideTexts(spec, given(said.input ?? {}), textKey);
    const until = Date.now() + deadlineMs;
    return this.queue(said.caseId ?? said.folio ?? said.commandId, async () => {
      let away: StoreUnavailable | undefined;
      for (let tries = 0; ; tries++) {
        if (tries > 0 && Date.now() > until) {
          if (away) throw away;
          return { kind: 'busy' };
        }
        try {
          const ruling = await this.parts.rule(name, { ...said, input }, speaker);
          return ruling.kind === 'decided' ? await this.append(ruling, reveal, speaker) : ruling;
        } catch (error) {
          if (error instanceof StoreUnavailable) {
            away = error;
            await setTimeout(Math.min(20 * 2 ** tries, 500));
          } else if (!(error instanceof RevisionConflict)) throw error;
          else away = undefined;
        }
      }
    });
  }

  private async append(
    { facts, origin, stream, expected }: Extract<Ruling, { kind: 'decided' }>,
    reveal: (data: Readonly<Record<string, unknown>>) => object,
    speaker: Speaker,
  ): Promise<Answer> {
    const { service, seal } = this.parts;
    const events: NewEvent[] = [];
    for (const [index, { schemaVersion, ...fact }] of facts.entries()) {
      const whole = { ...fact, data: reveal(fact.data as Record<string, unknown>) };
      events.push(await newEvent(whole, index, schemaVersion, origin, service, seal));
    }
    const { revision } = await this.parts.append(speaker, stream, events, expected);
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
