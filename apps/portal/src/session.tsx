import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { answers, LIVE } from './connection.js';
import { draftsBelongTo, forgetDrafts } from './drafts.js';

const origin = window.location.origin;
/** Where one signs in: the server names it in the page that it serves. */
const issuer = document.querySelector<HTMLMetaElement>('meta[name="issuer"]')!.content;

/** Authorization code with PKCE. Tokens live in this tab's sessionStorage and are renewed with the refresh token. */
export const manager = new UserManager({
  authority: new URL(issuer, origin).href,
  client_id: 'portal',
  redirect_uri: `${origin}/callback`,
  post_logout_redirect_uri: `${origin}/`,
  response_type: 'code',
  scope: 'openid profile',
  automaticSilentRenew: true,
  userStore: new WebStorageStateStore({ store: window.sessionStorage }),
  stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
});

export type SessionState = 'starting' | 'out' | 'in' | 'ended' | 'leaving';
interface Session {
  readonly state: SessionState;
  readonly user?: User;
  readonly error?: string;
  /** Everything is covered until the person has shown again who they are. */
  readonly hidden: boolean;
  /** The person has left this browser, and the issuer did not answer: it may still know them. */
  readonly stays: boolean;
  hide(): void;
  signIn(again?: boolean): void;
  signOut(): void;
}

const HIDDEN = 'resguardo.hidden';
const STAYS = 'resguardo.stays';
const Context = createContext<Session | undefined>(undefined);

export const useSession = (): Session => {
  const session = useContext(Context);
  if (!session) throw new Error('no session provider');
  return session;
};

/** The token of this moment; renewed first when it is about to end. */
export const accessToken = async (): Promise<string | undefined> => {
  const user = await manager.getUser();
  if (!user) return undefined;
  if (!user.expired) return user.access_token;
  const renewed = await manager.signinSilent().catch(() => null);
  if (!renewed) ended?.();
  return renewed?.access_token;
};

let renewing: Promise<User | null> | undefined;
/** Another token instead of one that is not believed; undefined when there is none to be had, and the session has ended. Asked for once for all. */
export const renewedToken = async (refused: string): Promise<string | undefined> => {
  const user = await manager.getUser();
  if (user && user.access_token !== refused) return user.access_token;
  renewing ??= manager
    .signinSilent()
    .catch(() => null)
    .finally(() => (renewing = undefined));
  const renewed = await renewing;
  if (!renewed) ended?.();
  return renewed?.access_token;
};

/** Tells the person's other tabs in this browser that they have left it: whose they are. */
const tabs = new BroadcastChannel('resguardo.left');

let ended: (() => void) | undefined;
/** Said by whoever sees that the server takes the token no longer. */
export const sessionEnded = () => ended?.();

interface Return {
  readonly to: string;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>('starting');
  const [user, setUser] = useState<User>();
  const [error, setError] = useState<string>();
  const [hidden, setHidden] = useState(() => sessionStorage.getItem(HIDDEN) !== null);
  const [stays, setStays] = useState(() => sessionStorage.getItem(STAYS) !== null);
  const left = useRef(false);
  /** Names the session that is to end, and opens nothing. */
  const idToken = useRef<string>(undefined);

  useEffect(() => {
    ended = () => setState((now) => (now === 'in' ? 'ended' : now));
    const loaded = (fresh: User) => {
      // Renewed while the person was leaving: they have left.
      if (left.current) return void manager.removeUser();
      setUser(fresh);
      setState('in');
    };
    const failed = () => ended?.();
    manager.events.addUserLoaded(loaded);
    manager.events.addSilentRenewError(failed);
    manager.events.addAccessTokenExpired(failed);
    return () => {
      manager.events.removeUserLoaded(loaded);
      manager.events.removeSilentRenewError(failed);
      manager.events.removeAccessTokenExpired(failed);
    };
  }, []);

  useEffect(() => {
    void start().then(
      (found) => {
        if (found) setUser(found);
        setState(found ? 'in' : 'out');
        setHidden(sessionStorage.getItem(HIDDEN) !== null);
      },
      (cause: unknown) => {
        setError(cause instanceof Error ? cause.message : String(cause));
        setState('out');
      },
    );
  }, []);

  const subject = user?.profile.sub;
  useEffect(() => {
    const gone = ({ data }: MessageEvent<unknown>) => {
      if (data !== subject) return;
      // Nothing of a case stays to be seen. Drafts that nobody was asked about stay sealed in this tab, for the same person.
      left.current = true;
      setUser(undefined);
      setState('leaving');
      void manager.removeUser().then(() => setState('out'));
    };
    tabs.addEventListener('message', gone);
    return () => tabs.removeEventListener('message', gone);
  }, [subject]);

  const session = useMemo<Session>(
    () => ({
      state,
      hidden,
      stays,
      ...(user && { user }),
      ...(error && { error }),
      hide: () => {
        sessionStorage.setItem(HIDDEN, String(Date.now()));
        setHidden(true);
      },
      signIn: (again) => {
        const to = window.location.pathname.startsWith('/callback')
          ? '/'
          : window.location.pathname + window.location.search;
        const back: Return = { to };
        manager
          .signinRedirect({
            state: back,
            ui_locales: document.documentElement.lang,
            ...(again && { prompt: 'login', max_age: 0 }),
          })
          .catch((cause: unknown) => setError(cause instanceof Error ? cause.message : String(cause)));
      },
      signOut: () => {
        // Out of this browser first, whoever else answers or not.
        left.current = true;
        idToken.current = user?.id_token ?? idToken.current;
        if (user) tabs.postMessage(user.profile.sub);
        forgetDrafts();
        sessionStorage.removeItem(HIDDEN);
        sessionStorage.removeItem(STAYS);
        window.history.replaceState({}, '', '/');
        setUser(undefined);
        setHidden(false);
        setStays(false);
        setState('leaving');
        void manager
          .removeUser()
          .then(() => endWithIssuer(idToken.current))
          .catch(() => {
            sessionStorage.setItem(STAYS, '1');
            setStays(true);
          })
          .then(() => setState('out'));
      },
    }),
    [state, user, error, hidden, stays],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

/**
 * Ends the person's session with the issuer, whose page leads back here; where the portal is away, that page stays and says so.
 * @throws when the issuer does not answer.
 */
const endWithIssuer = async (idToken: string | undefined): Promise<void> => {
  const [issuerAnswers, portalAnswers] = await Promise.all([answers(manager.settings.metadataUrl), answers(LIVE)]);
  if (!issuerAnswers) throw new Error('the issuer does not answer');
  await manager.signoutRedirect({
    ...(idToken && { id_token_hint: idToken }),
    ...(!portalAnswers && { post_logout_redirect_uri: '' }),
  });
};

let arrived = false;
/** Whether this load of the page is the way in: the person comes from the issuer's page. */
export const hasJustSignedIn = (): boolean => arrived;

let starting: Promise<User | null> | undefined;
/** Once per page load, also under StrictMode: a code can be exchanged only once. */
const start = () => (starting ??= begin());

const begin = async (): Promise<User | null> => {
  if (window.location.pathname === '/callback') {
    const user = await manager.signinRedirectCallback();
    const back = (user.state ?? { to: '/' }) as Return;
    draftsBelongTo(user.profile.sub);
    // Shown again only to somebody who has just signed in: the covering is older than this sign-in.
    sessionStorage.removeItem(HIDDEN);
    sessionStorage.removeItem(STAYS);
    arrived = true;
    window.history.replaceState({}, '', back.to.startsWith('/') && !back.to.startsWith('//') ? back.to : '/');
    window.dispatchEvent(new PopStateEvent('popstate'));
    return user;
  }
  const user = await manager.getUser();
  if (!user) return null;
  const now = user.expired ? await manager.signinSilent().catch(() => null) : user;
  if (now) draftsBelongTo(now.profile.sub);
  return now;
};
