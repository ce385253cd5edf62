import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import type { Affiliation, Role, Service } from './classes.js';
import { allCommands } from './index.js';
import { type Route, routesOf, serviceOn } from './routes.js';

const schema = buildSchema(readFileSync('libs/contracts/schema/resguardo.graphql', 'utf8'));
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as GraphQLObjectType[];
const fields = roots.flatMap((type) => Object.keys(type.getFields()));
const routes = routesOf(allCommands);

const who = (role: Role, agency: Affiliation) => ({ role, agency });

describe('D7, D11: who answers a root field', () => {
  it('has exactly one route for every root field of the committed schema, and none for what is not there', () => {
    // Names are told apart by nothing else: a query and a mutation of one name would share a route.
    expect(new Set(fields).size).toBe(fields.length);
    expect(Object.keys(routes).sort()).toEqual([...fields].sort());
  });

  it('sends facts, reports, questions and answers to referrals through the agency, intents to coordination', () => {
    const on = (name: string): [string, Route | undefined] => [name, routes[name]];
    for (const name of ['receiveReport', 'recordRetelling', 'submitQuestions', 'declineQuestions', 'answerReferral'])
      expect(on(name)).toEqual([name, 'agency']);
    // A platform's report is one, though no command of a form.
    expect(on('importPlatformReport')).toEqual(['importPlatformReport', 'agency']);
    for (const name of ['planInterview', 'makeReferral', 'useBreakGlass', 'registerIntermediary', 'requestErasure'])
      expect(on(name)).toEqual([name, 'coordination']);
  });

  it.each<[Role, Affiliation, Service, Service]>([
    ['OFFICER', 'HEALTH', 'health', 'health'],
    ['OFFICER', 'PROSECUTOR', 'prosecution', 'prosecution'],
    ['OFFICER', 'VICTIMS_COMMISSION', 'victims-commission', 'victims-commission'],
    ['LEGAL_ADVISER', 'VICTIMS_COMMISSION', 'victims-commission', 'victims-commission'],
    ['REPRESENTATIVE', 'CHILD_PROTECTION', 'child-protection', 'child-protection'],
    ['SUPERVISOR', 'HEALTH', 'oversight', 'health'],
    ['INTERMEDIARY', 'INTERMEDIARY_REGISTER', 'coordination', 'coordination'],
    ['ANALYST', 'SIPINNA', 'coordination', 'coordination'],
    ['ADMINISTRATOR', 'SYSTEM', 'coordination', 'coordination'],
  ])('%s of %s reads at %s and says facts to %s', (role, agency, home, entry) => {
    expect(serviceOn('home', who(role, agency))).toBe(home);
    expect(serviceOn('agency', who(role, agency))).toBe(entry);
    expect(serviceOn('oversight', who(role, agency))).toBe('oversight');
    expect(serviceOn('coordination', who(role, agency))).toBe('coordination');
    expect(serviceOn('insights', who(role, agency))).toBe('insights');
  });
});
