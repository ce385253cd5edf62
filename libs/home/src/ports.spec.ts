import { factMessage } from '@resguardo/eventing/testing';
import { openWith } from './ports.js';

const opening = (retractionReason: string) => {
  const event = factMessage('1', 0, 'ReportReceived', {});
  const retraction = factMessage('1', 1, 'FactRetracted', { eventId: event.id, retractionReason });
  const store = { read: async () => ({ events: [event, retraction], revision: 1 }) };
  const sealer = { open: async () => ({ fields: { narrative: 'told' }, erased: false }) };
  return (closedToo: boolean) =>
    openWith(store, sealer)({ caseId: '1', eventId: event.id, revision: 0 }, ['D4r'], closedToo);
};

describe('C-14: opening looks at the head of the stream, whatever the rows say yet', () => {
  it('what was retracted as of the wrong case is not opened', async () =>
    expect(await opening('WRONG_CASE')(false)).toEqual({ closed: true }));
  it('the Child Protection Authority may open it all the same', async () =>
    expect(await opening('WRONG_CASE')(true)).toMatchObject({ fields: { narrative: 'told' } }));
  it('another reason closes nothing', async () =>
    expect(await opening('DUPLICATE')(false)).toMatchObject({ fields: { narrative: 'told' } }));
});
