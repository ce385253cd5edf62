import { createHash } from 'node:crypto';
import type { canaryPlanter } from '../../support/canaries.js';

type Planter = ReturnType<typeof canaryPlanter>;

/** Two reports of an invented platform and the details of a file, with a canary wherever a sealed field comes from. */
export const platformReports = ({ text, plant, together }: Planter) => {
  const [number, later] = [
    plant('PlatformReportReceived.reference', '7310048812'),
    plant('PlatformReportReferenced.reference', '7310048899'),
  ];
  together('PlatformReportReceived.tags', 'tags', 'SEXTORTION');
  together('ReportReceived.forms', 'forms', 'GROOMING_SOLICITATION');
  together('PlatformFileReported.grade', 'grade', 'B2');
  together('PlatformFileReported.marks', 'marks', 'VIRAL');
  const incidentAt = plant('PlatformReportReceived.incidentAt', '2025-02-03T09:31:17.000Z');
  const uploadedAt = plant('PlatformFileReported.uploadedAt', '2025-02-04T10:47:23.000Z');
  const of = (field: string) => text(`PlatformReportReceived.${field}`);
  const who = (field: string) => text(`receivePlatformReport.identity.${field}`);
  const file = (field: string) => text(`PlatformFileReported.${field}`);
  const hash = (type: 'MD5' | 'SHA1' | 'SHA256' | 'SHA512') => {
    const value = createHash(type).update('an invented file').digest('hex');
    return `<originalFileHash hashType="${type}">${plant(`PlatformFileReported.${type.toLowerCase()}`, value)}</originalFileHash>`;
  };
  const fileId = plant('PlatformFileReported.reference', file('reference').replaceAll(' ', '-'));
  const report = () => `<?xml version="1.0" encoding="UTF-8"?>
<report>
  <incidentSummary>
    <incidentType>Online Enticement of Children for Sexual Acts</incidentType>
    <platform>${of('incident')}</platform>
    <escalateToHighPriority>${of('escalation')}</escalateToHighPriority>
    <reportAnnotations><sextortion>true</sextortion></reportAnnotations>
    <incidentDateTime>${incidentAt}</incidentDateTime>
  </incidentSummary>
  <internetDetails>
    <chatImIncident><chatClient>${of('places')}</chatClient><content>${of('places')}</content></chatImIncident>
  </internetDetails>
  <lawEnforcement><agencyName>${of('otherAuthorities')}</agencyName></lawEnforcement>
  <reporter><reportingPerson><firstName>${of('reporter')}</firstName></reportingPerson></reporter>
  <personOrUserReported><screenName>${of('accounts')}</screenName></personOrUserReported>
  <victim>
    <victimPerson>
      <firstName>${who('givenNames')}</firstName><lastName>${who('surnames')}</lastName>
      <address><address>${who('address')}</address></address>
      <age>13</age>
    </victimPerson>
    <screenName>${who('handle')}</screenName>
    <schoolName>${who('school')}</schoolName>
  </victim>
  <additionalInfo>${of('remarks')}</additionalInfo>
</report>`;
  const details = `<fileDetails>
  <reportId>${number}</reportId>
  <fileId>${fileId}</fileId>
  <fileName>${file('fileName')}</fileName>
  <originalFileName>${file('originalName')}</originalFileName>
  <uploadedToEspTimestamp>${uploadedAt}</uploadedToEspTimestamp>
  <locationOfFile>${file('location')}</locationOfFile>
  <fileViewedByEsp>true</fileViewedByEsp>
  <fileAnnotations><viral/></fileAnnotations>
  <industryClassification>B2</industryClassification>
  ${hash('MD5')}${hash('SHA1')}
  ${hash('SHA256')}${hash('SHA512')}
  <originalFileHash hashType="PhotoDNA">${file('otherHashes')}</originalFileHash>
  <deviceId><idType>IMEI</idType><idValue>${file('traces')}</idValue></deviceId>
  <additionalInfo>${file('remarks')}</additionalInfo>
</fileDetails>`;
  return { number, later, numbered: report(), unnumbered: report(), details };
};
