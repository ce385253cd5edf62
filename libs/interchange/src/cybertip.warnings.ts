import type { CybertipDocument } from './cybertip.document.js';
import type { Warning } from './words.js';
import type { XmlElement } from './xml.js';

export const everything = (element: XmlElement): readonly XmlElement[] => [
  element,
  ...element.children.flatMap(everything),
];
export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  childrenOf(element, name)[0];
export const wordsOf = (element: XmlElement | undefined): string | undefined => element?.text.trim() || undefined;

const DATED = /^\d{4}-\d{2}-\d{2}(T.*)?$/;
const ZONED = /(Z|[+-]\d{2}:\d{2})$/;

/** A moment of a document as UTC; without a zone it is read as UTC. Undefined when it lies outside of what we can say. */
export const momentOf = (text: string | undefined): string | undefined => {
  if (!text) return undefined;
  const at = new Date(/T/.test(text) && !ZONED.test(text) ? `${text}Z` : text);
  return isNaN(at.getTime()) || at.getUTCFullYear() < 1950 || at.getUTCFullYear() > 2200 ? undefined : at.toISOString();
};

/** Rules of the format that only its documentation states, not its schema. They never keep a report out (M-2). */
export const warningsOf = ({ root, element }: CybertipDocument, at: string): readonly Warning[] => {
  const all = everything(element);
  const say = (warning: string, values: Warning['values'] = {}): Warning => ({ warning, values });
  const dated = all.flatMap((one) => [
    ...Object.entries(one.attributes).map(([name, value]) => ({ field: `${one.path}/@${name}`, value })),
    ...(one.children.length === 0 && /date|timestamp/i.test(one.name)
      ? [{ field: one.path, value: one.text.trim() }]
      : []),
  ]);
  const general = [
    ...dated
      .filter(({ value }) => DATED.test(value) && (momentOf(value) ?? '') > at)
      .map(({ field }) => say('in-future', { field })),
    ...dated
      .filter(({ value }) => DATED.test(value) && value.includes('T') && !ZONED.test(value))
      .map(({ field }) => say('no-zone', { field })),
    ...all
      .filter(
        ({ attributes }) => attributes['verificationDate'] && !/^\s*(true|1)\s*$/.test(attributes['verified'] ?? ''),
      )
      .map(({ path }) => say('not-verified', { field: path })),
  ];
  const code = wordsOf(childOf(element, 'responseCode'));
  if (root !== 'report') return code && Number(code) !== 0 ? [...general, say('response-error', { code })] : general;
  const person = childOf(childOf(element, 'reporter'), 'reportingPerson');
  const known = all
    .filter(({ name, path }) => name === 'email' && !path.includes('internetDetails'))
    .map((email) => email.text.trim().toLowerCase());
  const priors = all.filter(({ name }) => name === 'priorCTReports' || name === 'priorCTReport');
  return [
    ...general,
    ...(childOf(person, 'email') ? [] : [say('no-email')]),
    ...(childrenOf(element, 'personOrUserReported').length > 1 && !childOf(element, 'batchedReport')
      ? [say('many-reported')]
      : []),
    ...all
      .filter(({ name, path }) => name === 'emailAddress' && /emailIncident/.test(path))
      .filter((address) => !known.includes(address.text.trim().toLowerCase()))
      .map(({ path }) => say('email-of-nobody', { field: path })),
    ...priors.filter((prior) => Number(prior.text) <= 0).map(({ path }) => say('prior-report', { field: path })),
  ];
};
