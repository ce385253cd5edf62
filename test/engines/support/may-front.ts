import { AGENCIES, type Role, SERVICE_OF } from '@resguardo/contracts';
import { type Program, PROGRAMS } from '../../../infra/programs.js';
import { oneOfEachKind } from '../../e2e/support/inputs.js';
import { subjectOf } from '../../e2e/support/people.js';
import { ask } from '../../e2e/support/standalone.js';
import { type Cell, closed } from './matrix.js';

/** The services’ own GraphQL, which only the gateway is meant to ask. */
export interface Fronts {
  urlOf(service: Program): string;
  /** Tokens that it has refused so far, by the reason. */
  refusedAt(service: Program): Promise<Readonly<Record<string, number>>>;
  tokenOf(username: string): Promise<string>;
}

const ANSWER = 'answer';

/** Who the service says it is, or why it says nothing: whoever asks is told a code only, whoever counts is told why. */
const answerOf = async ({ urlOf, refusedAt, tokenOf }: Fronts, service: Program, username: string): Promise<string> => {
  const token = await tokenOf(username);
  const before = await refusedAt(service);
  // Insights knows no home: it is asked what it is there for.
  const query = service === 'insights' ? '{ nationalFigures { at } }' : '{ me { actor } }';
  const { data, errors } = await ask(urlOf(service), token, query);
  if (!errors) {
    const actor = data.me?.actor;
    return service === 'insights' || actor === subjectOf(username) ? ANSWER : `${ANSWER} as to ${actor}`;
  }
  const { code } = errors[0]!.extensions;
  const after = await refusedAt(service);
  const why = Object.keys(after).filter((reason) => after[reason] !== before[reason]);
  return closed([code, ...why].join(' '));
};

const OTHER_AGENCY = closed('UNAUTHENTICATED other-agency');

/** An agency’s service answers its own people (D7); insights answers analysts, and the others everybody who they are. */
const answers = (service: Program, { role, agency }: { readonly role: Role; readonly agency: string }): string => {
  if (service === 'insights') return role === 'ANALYST' ? ANSWER : closed('FORBIDDEN');
  const own = AGENCIES.find((one) => SERVICE_OF[one] === service);
  return own === undefined || own === agency ? ANSWER : OTHER_AGENCY;
};

/** Each service × everybody who can have an account, with a good token, past the gateway. */
export const frontCells = async (fronts: Fronts): Promise<readonly Cell[]> => {
  const cellsOf = async (service: Program): Promise<readonly Cell[]> => {
    const cells: Cell[] = [];
    // One after the other: what was refused meanwhile is this one.
    for (const { username, ...who } of oneOfEachKind()) {
      const actual = await answerOf(fronts, service, username);
      const resource = `${who.role} of ${who.agency}`;
      cells.push({ kind: 'front', service, resource, expected: answers(service, who), actual });
    }
    return cells;
  };
  return (await Promise.all(PROGRAMS.map(cellsOf))).flat();
};
