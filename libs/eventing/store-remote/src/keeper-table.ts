import type { NewEvent, RecordedEvent } from '@resguardo/eventing';
import type { Problem } from './wire.js';

/** On whose behalf a service asks: taken from a verified token, or from the service's statement. */
export interface Speaker {
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  /** Of a person, where they were said. */
  readonly states?: readonly string[];
}

/** Which service may do what. The keeper asks it about every request and every event; what it does not allow is refused. */
export interface KeeperTable {
  /** Does this service speak for this caller, or for this process, at all? `shown`: with the caller's own token, not on the service's word. */
  mayBring(service: string, speaker: Speaker, shown: boolean): boolean;
  mayRead(service: string, stream: string): boolean;
  mayFollow(service: string): boolean;
  mayWrite(service: string, type: string, agency: string): boolean;
  /** What is wrong with an event, by shape, version, class and key. */
  problemsIn(service: string, stream: string, event: NewEvent): readonly Problem[];
  /** What the service is given of a recorded event; undefined when nothing of it. */
  shown(service: string, event: RecordedEvent): RecordedEvent | undefined;
}
