import { Button, Skeleton } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef, useSyncExternalStore } from 'react';
import type { Service } from '@resguardo/contracts';
import type { Asked, Trouble } from '../ask.js';
import { drafts, watchDrafts } from '../drafts.js';
import { type Key, useSay } from '../i18n/language.js';
import { useWords } from '../words.js';

export function Notice({
  tone,
  title,
  children,
  focus,
  role,
}: {
  tone: 'refused' | 'error' | 'good' | 'partial' | 'plain';
  title: string;
  children?: ReactNode;
  focus?: boolean;
  role?: 'alert' | 'status';
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus) ref.current?.focus();
  }, [focus]);
  return (
    <div className="notice" data-tone={tone} ref={ref} tabIndex={focus ? -1 : undefined} role={role}>
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** That what was typed waits in this tab, where something does. */
export function DraftsKept() {
  const say = useSay();
  const count = useSyncExternalStore(watchDrafts, () => drafts().length);
  return count > 0 ? <p style={{ margin: 0 }}>{say('drafts.kept', { count })}</p> : null;
}

/** What a button brought, which goes with it: the keyboard is taken here. */
export function Shown({ label, children }: { label: string; children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <div role="region" aria-label={label} tabIndex={-1} ref={ref}>
      {children}
    </div>
  );
}

/** That a command was accepted, where its form is gone with what it was about. */
export function Receipt({ commandId, about, focus }: { commandId: string; about?: string; focus?: boolean }) {
  const say = useSay();
  return (
    <Notice
      tone="good"
      title={[say('result.accepted'), about].filter(Boolean).join(' · ')}
      {...(focus ? { focus } : { role: 'status' })}
    >
      <p className="meta">{say('result.receipt', { id: commandId })}</p>
    </Notice>
  );
}

/** A titled block of a page. */
export function Panel({
  title,
  children,
  aside,
  level = 2,
}: {
  title: string;
  children: ReactNode;
  aside?: ReactNode;
  level?: 2 | 3;
}) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="row between">
        <Heading id={id} style={{ margin: '0 0 .6rem', fontSize: level === 2 ? '1.1rem' : '1rem' }}>
          {title}
        </Heading>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function Loading({ title, lines = 4 }: { title: string; lines?: number }) {
  const say = useSay();
  return (
    <section className="panel" aria-busy="true" aria-label={title}>
      <p style={{ marginTop: 0 }} role="status">
        {say('state.loading', { what: title })}
      </p>
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={14} mt={10} width={`${95 - (i % 3) * 14}%`} />
      ))}
    </section>
  );
}

const SERVICES: Readonly<Record<Service, Key>> = {
  coordination: 'service.coordination',
  prosecution: 'service.prosecution',
  'child-protection': 'service.child-protection',
  'victims-commission': 'service.victims-commission',
  health: 'service.health',
  oversight: 'service.oversight',
  insights: 'service.insights',
};

/** What people call a service that an error names. */
export const serviceKey = (name: string | undefined): Key =>
  name && Object.hasOwn(SERVICES, name) ? SERVICES[name as Service] : 'service.other';

export function TroubleNotice({ trouble, what, again }: { trouble: Trouble; what: string; again?: () => void }) {
  const say = useSay();
  const words = useWords();
  const retry = again && (
    <Button variant="default" size="xs" mt="xs" onClick={again}>
      {say('action.retry')}
    </Button>
  );
  switch (trouble.kind) {
    case 'denied':
      return (
        <Notice tone="plain" title={say('state.denied', { what })}>
          <p>
            {trouble.whoCanGrant?.length
              ? say('state.deniedWho', { who: trouble.whoCanGrant.map(words.holder).join(', ') })
              : say('state.deniedNobody')}
          </p>
        </Notice>
      );
    case 'missing':
      return <Notice tone="plain" title={say('state.missing')} />;
    case 'limited':
      return (
        <Notice tone="error" title={say('state.limited')} role="alert">
          {retry}
        </Notice>
      );
    case 'away':
      return (
        <Notice tone="partial" title={say('state.away', { service: say(serviceKey(trouble.service)) })} role="alert">
          <p>{say('state.awayWhy', { what })}</p>
          {retry}
        </Notice>
      );
    case 'unreachable':
    case 'failed':
      return (
        <Notice tone="error" title={say('state.failed', { what })} role="alert">
          <p>{say(trouble.kind === 'unreachable' ? 'state.unreachable' : 'state.failedWhy')}</p>
          {trouble.kind === 'unreachable' && <DraftsKept />}
          <p className="meta">{say('state.code', { code: trouble.code })}</p>
          {retry}
        </Notice>
      );
  }
}

/** Loading, trouble or content: an error is never shown as an empty list, and what is known stays while it is asked again. */
export function Answer<T>({
  asked,
  what,
  children,
}: {
  asked: Asked<T>;
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (asked.data === undefined)
    return asked.trouble ? (
      <TroubleNotice trouble={asked.trouble} what={what} again={asked.again} />
    ) : (
      <Loading title={what} />
    );
  // Access that ended takes back what was shown, and so does a session; a network that failed does not.
  if (asked.trouble && (asked.trouble.kind === 'denied' || asked.trouble.code === 'UNAUTHENTICATED'))
    return <TroubleNotice trouble={asked.trouble} what={what} />;
  return (
    <>
      {asked.trouble && <TroubleNotice trouble={asked.trouble} what={what} again={asked.again} />}
      {children(asked.data)}
    </>
  );
}

/** What is missing and since when; `behind`: the answer came before all that has been recorded was in it. */
export function Incomplete({ since, behind = false }: { since: string | null | undefined; behind?: boolean }) {
  const say = useSay();
  const words = useWords();
  if (since)
    return (
      <Notice tone="partial" title={say('state.partial', { since: words.instant(since) })}>
        <p>{say('state.partialWhy')}</p>
      </Notice>
    );
  return behind ? (
    <Notice tone="partial" title={say('state.behind')} role="status">
      <p>{say('state.behindWhy')}</p>
    </Notice>
  ) : null;
}

export const Empty = ({ children }: { children: ReactNode }) => <p style={{ margin: 0 }}>{children}</p>;
