import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Trouble, troubleOf } from '../ask.js';
import { client } from '../client.js';
import { APPROVAL_DETAIL } from '../documents.js';
import { useSay } from '../i18n/language.js';
import type { Detail } from '../types.js';
import { DetailView } from './detail-view.js';
import { TroubleNotice } from './states.js';

/** Approvers see what they approve: a logged read of this request alone (C-12). */
export function RequestContent({
  about: { caseId, eventId },
  open: opens,
  logged,
}: {
  about: { readonly caseId: string; readonly eventId: string };
  /** What it is that is opened, and that its reading is on record. */
  open: string;
  logged: string;
}) {
  const say = useSay();
  const [detail, setDetail] = useState<Detail>();
  const [trouble, setTrouble] = useState<Trouble>();
  const open = async () => {
    const { data, error } = await client
      .query<{ approvalDetail: Detail }>(APPROVAL_DETAIL, { caseId, eventId } as never)
      .toPromise();
    if (error) setTrouble(troubleOf(error));
    else {
      setTrouble(undefined);
      setDetail(data?.approvalDetail);
    }
  };
  return (
    <details className="more" onToggle={(event) => !event.currentTarget.open && setDetail(undefined)}>
      <summary>{opens}</summary>
      <div className="inside stack">
        <p style={{ margin: 0 }}>{logged}</p>
        {!detail && (
          <div>
            <Button variant="default" onClick={() => void open()}>
              {say('sealed.show')}
            </Button>
          </div>
        )}
        {trouble && <TroubleNotice trouble={trouble} what={opens} />}
        {detail && <DetailView detail={detail} again={() => void open()} />}
      </div>
    </details>
  );
}
