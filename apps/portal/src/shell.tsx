import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate, useNavigation } from 'react-router';
import { Provider } from 'urql';
import { Dialog } from './components/dialog.js';
import { client } from './client.js';
import { Entrance, LanguageChoice } from './components/entrance.js';
import { DraftsKept, Loading, Notice } from './components/states.js';
import { answers, connection, LIVE } from './connection.js';
import { drafts, openDrafts, watchDrafts } from './drafts.js';
import { type Key, useSay } from './i18n/language.js';
import { MeProvider, useMe } from './me.js';
import { casesFor } from './places.js';
import { hasJustSignedIn, useSession } from './session.js';
import { Person, StaffProvider } from './staff.js';
import { useWords } from './words.js';

const PAGES: readonly (readonly [code: string, path: string, key: Key])[] = [
  ['MY_DAY', '/', 'nav.myDay'],
  ['CASES', '/casos', 'nav.cases'],
  ['REPORT', '/reportar', 'nav.report'],
  ['RECORD_FACT', '/hechos', 'nav.fact'],
  ['APPROVALS', '/aprobaciones', 'nav.approvals'],
  ['IMPORT', '/importar', 'nav.import'],
  ['ACCESS_AUDIT', '/auditoria', 'nav.audit'],
  ['INTERMEDIARIES', '/intermediarios', 'nav.intermediaries'],
  ['INTEGRITY', '/integridad', 'nav.integrity'],
  ['NATIONAL_FIGURES', '/tablero', 'nav.figures'],
];

export function Shell() {
  const session = useSession();
  const say = useSay();
  const [ready, setReady] = useState(false);
  useEffect(() => void openDrafts().finally(() => setReady(true)), []);
  // The tab never says what the page is about.
  useEffect(() => {
    document.title = say('app.title');
  }, [say]);

  switch (session.state) {
    case 'starting':
      return (
        <Entrance>
          <Loading title={say('shell.account')} lines={2} />
        </Entrance>
      );
    case 'leaving':
      return (
        <Entrance>
          <section className="panel stack">
            <h1 style={{ margin: 0 }}>{say('app.title')}</h1>
            <p style={{ margin: 0 }} role="status">
              {say('signOut.leaving')}
            </p>
          </section>
        </Entrance>
      );
    case 'out':
      return (
        <Entrance>
          <SignIn />
        </Entrance>
      );
    case 'in':
    case 'ended':
      return (
        <Provider value={client}>
          {/* What is covered is taken off the page, not only painted over; drafts are kept outside it. */}
          {session.hidden ? (
            <Cover />
          ) : (
            ready && (
              <MeProvider>
                <StaffProvider>
                  <Frame />
                </StaffProvider>
              </MeProvider>
            )
          )}
          <SessionEnded open={session.state === 'ended' && !session.hidden} />
        </Provider>
      );
  }
}

function SignIn() {
  const say = useSay();
  const session = useSession();
  const [busy, setBusy] = useState(false);
  return (
    <section className="panel stack">
      <h1 style={{ margin: 0 }}>{say('app.title')}</h1>
      {session.stays && (
        <Notice tone="partial" title={say('signOut.here')} focus>
          <p>{say('signOut.stays')}</p>
          <Button variant="default" size="xs" onClick={() => session.signOut()}>
            {say('signOut.again')}
          </Button>
        </Notice>
      )}
      <p style={{ margin: 0 }}>{say('signIn.lead')}</p>
      {session.error && (
        <Notice tone="error" title={say('signIn.failed')} role="alert">
          <p>{say('signIn.failedWhy')}</p>
        </Notice>
      )}
      <Button
        aria-busy={busy && !session.error}
        onClick={() => {
          setBusy(true);
          session.signIn();
        }}
      >
        {say('signIn.go')}
      </Button>
      <LanguageChoice />
      <p className="meta" style={{ margin: 0 }}>
        {say('signIn.watched')}
      </p>
    </section>
  );
}

function Cover() {
  const say = useSay();
  const session = useSession();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <main className="cover">
      <div className="panel stack" style={{ maxWidth: '26rem' }}>
        <h1 style={{ margin: 0, fontSize: '1.25rem' }}>{say('app.title')}</h1>
        <p style={{ margin: 0 }}>{say('cover.lead')}</p>
        <DraftsKept />
        <Button ref={button} onClick={() => session.signIn(true)}>
          {say('cover.show')}
        </Button>
        <Button variant="default" onClick={() => session.signOut()}>
          {say('shell.signOut')}
        </Button>
      </div>
    </main>
  );
}

function SessionEnded({ open }: { open: boolean }) {
  const say = useSay();
  const session = useSession();
  return (
    <Dialog
      opened={open}
      onClose={() => session.signIn()}
      withCloseButton={false}
      title={say('ended.title')}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="stack">
        <DraftsKept />
        <p style={{ margin: 0 }}>{say('ended.lead')}</p>
        <Button data-autofocus onClick={() => session.signIn()}>
          {say('signIn.go')}
        </Button>
      </div>
    </Dialog>
  );
}

const lookAtServer = async () => (document.hidden ? undefined : await answers(LIVE));

function Status() {
  const say = useSay();
  const { reachable, waiting } = useSyncExternalStore(connection.watch, connection.now);
  useEffect(() => {
    const stop = connection.keepLooking(lookAtServer);
    window.addEventListener('online', connection.doubt);
    window.addEventListener('offline', connection.doubt);
    document.addEventListener('visibilitychange', connection.doubt);
    return () => {
      stop();
      window.removeEventListener('online', connection.doubt);
      window.removeEventListener('offline', connection.doubt);
      document.removeEventListener('visibilitychange', connection.doubt);
    };
  }, []);
  return (
    <span className="status" role="status" data-state={reachable ? 'on' : 'off'}>
      <span className="dot" aria-hidden="true" />
      {say(reachable ? 'status.on' : 'status.off')} · {say('status.queue', { count: waiting })}
    </span>
  );
}

function Frame() {
  const say = useSay();
  const words = useWords();
  const me = useMe();
  const session = useSession();
  const navigate = useNavigate();
  const moving = useNavigation().state !== 'idle';
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  // Whoever has just signed in comes from another page; one that is only loaded again begins at its first stop.
  const first = useRef(!hasJustSignedIn());
  const [text, setText] = useState('');
  const [leaving, setLeaving] = useState(false);
  const kept = useSyncExternalStore(watchDrafts, () => drafts().length);

  // Another page: the reader of a screen starts at its heading. Tabs of a case keep the focus on the tab.
  const page = pathname.replace(/^(\/casos\/[^/]+).*/, '$1');
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: false });
  }, [page]);

  const { hide } = session;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'F9') {
        event.preventDefault();
        hide();
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [hide]);

  const open = (code: string) =>
    me.pages.includes(code) || (code === 'IMPORT' && me.permissions.includes('interchange:import'));
  // Whoever follows an address to a page that their role does not have is told so, once, and is asked nothing.
  const denied = PAGES.find(
    ([code, path]) => path !== '/' && (pathname === path || pathname.startsWith(`${path}/`)) && !open(code),
  )?.[2];

  const search = (event: FormEvent) => {
    event.preventDefault();
    void navigate(...casesFor(text));
  };

  return (
    <>
      <nav aria-label={say('shell.skip')}>
        <a className="skip" href="#contenido">
          {say('shell.skip')}
        </a>
      </nav>
      <div className="shell">
        <aside className="side" aria-label={say('shell.aside')}>
          <div className="brand">{say('app.title')}</div>
          <nav aria-label={say('shell.nav')}>
            <ul className="nav">
              {PAGES.filter(([code]) => open(code)).map(([code, path, key]) => (
                <li key={code}>
                  <NavLink to={path} end={path === '/'}>
                    {say(key)}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
          <div className="who">
            <strong>
              <Person id={me.actor} fallback={me.name} />
            </strong>
            <br />
            {words.code(me.role)}
            {me.agency !== 'SYSTEM' && <> · {words.code(me.agency)}</>}
            {me.states.length > 0 && (
              <>
                <br />
                {me.states.map(words.code).join(', ')}
              </>
            )}
            {kept > 0 && <p style={{ margin: '.5rem 0 0' }}>{say('shell.drafts', { count: kept })}</p>}
          </div>
        </aside>
        <div>
          <header className="top">
            {me.pages.includes('CASES') && (
              <form role="search" onSubmit={search} aria-label={say('shell.search')}>
                <TextInput
                  size="sm"
                  aria-label={say('shell.search')}
                  placeholder={say('shell.searchHint')}
                  value={text}
                  onChange={(event) => setText(event.currentTarget.value)}
                />
              </form>
            )}
            <Status />
            <Button size="xs" variant="default" onClick={hide} title={say('shell.hideKey')}>
              {say('shell.hide')}
            </Button>
            <LanguageChoice />
            <Button size="xs" variant="subtle" onClick={() => (kept > 0 ? setLeaving(true) : session.signOut())}>
              {say('shell.signOut')}
            </Button>
            <Dialog opened={leaving} onClose={() => setLeaving(false)} title={say('shell.leave')}>
              <p style={{ marginTop: 0 }}>{say('shell.leaveWhy', { count: kept })}</p>
              <div className="row" style={{ justifyContent: 'flex-end' }}>
                <Button variant="default" onClick={() => setLeaving(false)}>
                  {say('action.back')}
                </Button>
                <Button onClick={() => session.signOut()}>{say('shell.leaveNow')}</Button>
              </div>
            </Dialog>
          </header>
          <main id="contenido" tabIndex={-1} ref={main} aria-busy={moving || undefined}>
            {denied ? <Denied what={say(denied)} /> : <Outlet />}
          </main>
        </div>
      </div>
    </>
  );
}

function Denied({ what }: { what: string }) {
  const say = useSay();
  return (
    <>
      <h1>{what}</h1>
      <Notice tone="plain" title={say('state.denied', { what })}>
        <p>{say('state.deniedRole')}</p>
        <p>
          <Link to="/">{say('notFound.back')}</Link>
        </p>
      </Notice>
    </>
  );
}

export const BackToCases = () => {
  const say = useSay();
  return <Link to="/casos">{say('nav.cases')}</Link>;
};
