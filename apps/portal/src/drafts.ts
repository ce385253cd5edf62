/**
 * Drafts of forms. They stay in this tab only, encrypted with a key that the browser does not give out: what is typed
 * about a child is never written in clear. They survive a reload and a session that ends; signing out forgets them.
 */
const PREFIX = 'resguardo.draft.';
const KEYS = 'resguardo-drafts';
const kept = new Map<string, unknown>();
const watchers = new Set<() => void>();
let key: Promise<CryptoKey | undefined> | undefined;

const request = <T>(asked: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('indexedDB'));
  });

const store = async (mode: IDBTransactionMode) => {
  const opening = indexedDB.open(KEYS, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  return (await request(opening)).transaction('keys', mode).objectStore('keys');
};

const draftKey = () =>
  (key ??= (async () => {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return undefined;
    const found = (await request((await store('readonly')).get('key'))) as CryptoKey | undefined;
    if (found) return found;
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    await request((await store('readwrite')).put(made, 'key'));
    return made;
  })().catch(() => undefined));

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const changed = () => watchers.forEach((watcher) => watcher());

export interface Draft {
  readonly commandId: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly occurredAt?: string;
  readonly knownAt?: string;
  readonly folio?: string;
  readonly path: string;
  readonly command: string;
  /** Folio of the case it is about, where the page knows it. */
  readonly about?: string;
}

/** Folios of the cases that pages of this tab have shown: a list of drafts names them so. */
const folios = new Map<string, string>();
export const nameCase = (caseId: string, folio: string): void => void folios.set(caseId, folio);
export const folioOfCase = (caseId: string | undefined): string | undefined => caseId && folios.get(caseId);

export const keepDraft = (id: string, draft: Draft): void => {
  kept.set(id, draft);
  changed();
  void draftKey().then(async (aes) => {
    if (!aes || kept.get(id) !== draft) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const box = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv },
      aes,
      new TextEncoder().encode(JSON.stringify(draft)),
    );
    if (kept.get(id) !== draft) return;
    try {
      sessionStorage.setItem(PREFIX + id, `${base64(iv)}.${base64(new Uint8Array(box))}`);
    } catch {
      // Too large for what a tab may store: it stays until the page is loaded anew.
      sessionStorage.removeItem(PREFIX + id);
    }
  });
};

export const dropDraft = (id: string): void => {
  kept.delete(id);
  sessionStorage.removeItem(PREFIX + id);
  changed();
};

export const draftOf = (id: string): Draft | undefined => kept.get(id) as Draft | undefined;
export const drafts = (): readonly (readonly [string, Draft])[] => [...kept] as [string, Draft][];
export const watchDrafts = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Before the first form is shown: what an earlier page load of this tab left. What cannot be opened is dropped. */
export const openDrafts = async (): Promise<void> => {
  const aes = await draftKey();
  for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    const id = name.slice(PREFIX.length);
    if (kept.has(id)) continue;
    try {
      const [iv, box] = (sessionStorage.getItem(name) ?? '').split('.').map(bytesOf);
      const clear = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: iv! }, aes!, box!);
      // It may have been forgotten meanwhile: somebody else has signed in.
      if (sessionStorage.getItem(name) !== null) kept.set(id, JSON.parse(new TextDecoder().decode(clear)));
    } catch {
      sessionStorage.removeItem(name);
    }
  }
  changed();
};

const OWNER = 'resguardo.drafts-of';
/** Whoever has signed in finds their own drafts, and nobody else's: what another person left in this tab is forgotten. */
export const draftsBelongTo = (subject: string): void => {
  if (sessionStorage.getItem(OWNER) !== subject) forgetDrafts();
  sessionStorage.setItem(OWNER, subject);
};

export const forgetDrafts = (): void => {
  sessionStorage.removeItem(OWNER);
  for (const id of [...kept.keys()]) dropDraft(id);
  for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)))
    sessionStorage.removeItem(name);
};
