import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Affiliation, Role } from '@resguardo/contracts';
import { allCommands } from '@resguardo/contracts';
import type { Answer, Desk } from '@resguardo/desk';
import { uuidv5 } from '@resguardo/eventing';
import { type Caller, demoAccounts } from '@resguardo/identity';

const HOUR = 3_600_000;

/** Invented cases, said through the desk by the demo accounts, so that they obey every rule. Ids are derived: half a demo is finished at the next start. */
const cases = (now: number) => {
  const at = (hours: number) => new Date(now + hours * HOUR).toISOString();
  const report = {
    mode: 'ORAL',
    anonymous: false,
    accountGiven: false,
    immediateFullAccount: false,
    factsRecent: 'YES',
    specialProtectionNeed: false,
    contactInPerson: 'NO',
  };
  return [
    {
      name: 'recién recibido',
      says: [
        {
          by: 'fiscalia.morelos',
          name: 'receiveReport',
          occurredAt: at(-0.5),
          input: {
            ...report,
            state: '17',
            channel: 'PROSECUTOR_IN_PERSON',
            reportedBy: 'CHILD_ALONE',
            urgency: 'URGENT',
            specialProtectionNeed: true,
            riskFlags: ['THREATS'],
            forms: ['THREAT_TO_SHARE'],
            platforms: ['INSTAGRAM'],
            ageBand: '12_14',
            gender: 'GIRL',
            summary: 'Texto inventado para la demostración: pide ayuda porque amenazan con compartir imágenes.',
            identity: { givenNames: 'Demo Aurora', firstSurname: 'Ejemplo', secondSurname: 'Ficticio' },
          },
        },
      ],
    },
    {
      name: 'entrevista planeada',
      says: [
        {
          by: 'procuraduria.morelos',
          name: 'receiveReport',
          occurredAt: at(-40),
          input: {
            ...report,
            state: '17',
            channel: 'TE_PROTEJO_MEXICO',
            reportedBy: 'GUARDIAN',
            urgency: 'ORDINARY',
            forms: ['GROOMING_SOLICITATION'],
            platforms: ['GAME_PLATFORM'],
            ageBand: 'UNDER_12',
            gender: 'BOY',
            summary: 'Texto inventado para la demostración: contacto insistente dentro de un juego en línea.',
            identity: { givenNames: 'Demo Bruno', firstSurname: 'Muestra', secondSurname: 'Inventado' },
          },
        },
        {
          by: 'procuraduria.morelos',
          name: 'recordAuthorityNotified',
          occurredAt: at(-39.5),
          input: { to: 'PROSECUTOR', means: 'SYSTEM' },
        },
        { by: 'supervision.procuraduria', name: 'assignRepresentative', input: { staffId: 'demo:representante' } },
        {
          by: 'supervision.comision',
          name: 'assignLegalAdviser',
          input: { staffId: 'demo:asesoria', chosenByChild: false },
        },
        {
          by: 'supervision.fiscalia',
          name: 'addTeamMember',
          input: { staffId: 'demo:fiscalia.morelos', role: 'OFFICER' },
        },
        {
          by: 'supervision.comision',
          name: 'addTeamMember',
          input: { staffId: 'demo:comision.morelos', role: 'OFFICER' },
        },
        { by: 'supervision.salud', name: 'addTeamMember', input: { staffId: 'demo:salud.morelos', role: 'OFFICER' } },
        {
          by: 'procuraduria.morelos',
          name: 'recordRightsExplained',
          occurredAt: at(-39),
          input: { version: 'derechos-2026-1', formatCode: 'PLAIN_LANGUAGE', language: 'SPANISH' },
        },
        {
          by: 'fiscalia.morelos',
          name: 'decideAnticipatedEvidence',
          input: { decision: 'SOUGHT', reason: 'REPETITION_WOULD_HARM' },
        },
        {
          by: 'procuraduria.morelos',
          name: 'planInterview',
          input: {
            slot: at(24 * 6),
            minutes: 60,
            venueKind: 'CHILD_HOUSE',
            urgent: false,
            intermediaryId: 'demo:intermediaria',
            topics: ['CONTACT_ONLINE', 'CONTENT_REQUESTED', 'PRESENT_SAFETY'],
          },
        },
        {
          by: 'procuraduria.morelos',
          name: 'makeReferral',
          input: { to: 'HEALTH', purpose: 'CARE', urgency: 'ORDINARY' },
        },
      ],
    },
    {
      name: 'recibido con lo que se sabía',
      says: [
        {
          by: 'salud.morelos',
          name: 'receiveReport',
          occurredAt: at(-3),
          input: {
            channel: 'HEALTH',
            mode: 'ORAL',
            accountGiven: false,
            summary: 'Texto inventado para la demostración: llegó a urgencias; lo demás aún no se sabe.',
          },
        },
      ],
    },
    {
      name: 'ya contó demasiadas veces',
      says: [
        {
          by: 'comision.nayarit',
          name: 'receiveReport',
          occurredAt: at(-24 * 20),
          input: {
            ...report,
            accountGiven: true,
            state: '18',
            channel: 'VICTIMS_COMMISSION',
            reportedBy: 'CHILD_ACCOMPANIED',
            urgency: 'ORDINARY',
            forms: ['SHARING_WITHOUT_PERMISSION'],
            platforms: ['WHATSAPP'],
            ageBand: '15_17',
            gender: 'GIRL',
            summary: 'Texto inventado para la demostración: comparten imágenes sin permiso en un grupo.',
            identity: { givenNames: 'Demo Carmen', firstSurname: 'Prueba', secondSurname: 'Supuesta' },
          },
        },
        {
          by: 'comision.nayarit',
          name: 'recordRetelling',
          occurredAt: at(-24 * 18),
          input: {
            heardByAgency: 'PROSECUTOR',
            heardByRole: 'PROSECUTOR',
            actKind: 'PROSECUTOR_STATEMENT',
            placeKind: 'PROSECUTOR_OFFICE',
            personsPresent: 3,
            onRecord: true,
            needed: false,
          },
        },
        {
          by: 'comision.nayarit',
          name: 'recordRetelling',
          occurredAt: at(-24 * 15),
          input: {
            heardByAgency: 'HEALTH',
            heardByRole: 'PSYCHOLOGIST',
            actKind: 'PSYCHOLOGICAL_HISTORY',
            placeKind: 'HEALTH_CENTRE',
            personsPresent: 2,
            onRecord: true,
            needed: false,
          },
        },
        {
          by: 'comision.nayarit',
          name: 'recordReportRefused',
          occurredAt: at(-24 * 21),
          input: { authority: 'POLICE', refusalKind: 'CONDITIONED', condition: 'GUARDIAN' },
        },
        { by: 'supervision.procuraduria', name: 'assignRepresentative', input: { staffId: 'demo:representante' } },
        { by: 'comision.nayarit', name: 'offerResponsibility', input: { to: 'PROSECUTOR' } },
      ],
    },
  ] as readonly { readonly name: string; readonly says: readonly Saying[] }[];
};

interface Saying {
  readonly by: string;
  readonly name: string;
  readonly occurredAt?: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const callerOf = (username: string): Caller => {
  const account = demoAccounts().find((one) => one.username === username);
  if (!account) throw new Error(`no demo account ${username}`);
  return {
    sub: account.sub,
    username,
    role: account.role as Role,
    agency: account.agency as Affiliation,
    states: account.states,
    expiresAt: Number.MAX_SAFE_INTEGER,
    tokenId: 'demo',
  };
};

const said = async (
  desk: Desk,
  { by, name, occurredAt, input }: Saying,
  caseId: string | undefined,
  id: string,
  now: number,
) => {
  const spec = allCommands[name];
  if (!spec) throw new Error(`the demo says ${name}, which is no command`);
  const answer: Answer = await desk.execute(
    name,
    {
      commandId: uuidv5('demo', id),
      ...(caseId && { caseId }),
      ...(spec.mark === 'fact' && { occurredAt: occurredAt ?? new Date(now).toISOString() }),
      input,
    },
    callerOf(by),
  );
  // A demo that a rule refuses is wrong, and must not pass for one that works.
  if (answer.kind !== 'accepted') throw new Error(`the demo's ${name} (${id}) was answered ${JSON.stringify(answer)}`);
  return answer.caseId;
};

/**
 * Loads the demo into a data folder that has never had anything in it, once. What was interrupted goes on: the times are kept in the
 * folder, so that the same commands are said again.
 */
export const loadDemo = async (
  dataFolder: string,
  desk: Desk,
  clock: () => string,
  wanted: boolean,
  empty: boolean,
): Promise<void> => {
  const file = join(dataFolder, 'demo.json');
  const before = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { now: number; done: boolean })
    : undefined;
  if (before?.done || (!before && (!wanted || !empty))) return;
  const now = before?.now ?? Date.parse(clock());
  writeFileSync(file, JSON.stringify({ now, done: false }), { mode: 0o600 });
  const trainedOn = new Date(now - 200 * 24 * HOUR).toISOString().slice(0, 10);
  await said(
    desk,
    {
      by: 'administracion',
      name: 'registerIntermediary',
      input: { staffId: 'demo:intermediaria', profession: 'PSYCHOLOGIST', trainingKind: 'NICHD_REVISED', trainedOn },
    },
    undefined,
    'register',
    now,
  );
  for (const { name, says } of cases(now)) {
    let caseId: string | undefined;
    for (const [step, saying] of says.entries()) caseId = await said(desk, saying, caseId, `${name} ${step}`, now);
  }
  writeFileSync(file, JSON.stringify({ now, done: true }), { mode: 0o600 });
};
