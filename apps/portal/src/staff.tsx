import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useAsk } from './ask.js';
import { STAFF } from './documents.js';
import { useLanguage } from './i18n/language.js';
import { useMe } from './me.js';
import type { StaffMember } from './types.js';

const Context = createContext<readonly StaffMember[]>([]);

/** Accounts of those who stand in cases; empty while unknown or for who may not read them. */
export const useStaff = () => useContext(Context);

/** Asked once for a visit. Without an answer people are shown by their id, as before. */
export function StaffProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const { language } = useLanguage();
  const asked = useAsk<{ staff: StaffMember[] }>(
    STAFF,
    { locale: language === 'es' ? 'ES' : 'EN' },
    !me.permissions.includes('staff:read'),
  );
  return <Context.Provider value={asked.data?.staff ?? []}>{children}</Context.Provider>;
}

/** A person's name for a sentence or a choice; the id when no name is known. */
export const useNameOf = () => {
  const staff = useStaff();
  return useMemo(() => {
    const names = new Map(staff.map(({ staffId, name }) => [staffId, name]));
    return (staffId: string) => names.get(staffId) ?? staffId;
  }, [staff]);
};

/** A person by name, the id as secondary text where it helps to tell accounts apart. */
export function Person({ id, withId = false, fallback }: { id: string; withId?: boolean; fallback?: string | null }) {
  const known = useNameOf()(id);
  const name = known === id ? (fallback ?? id) : known;
  return (
    <>
      {name}
      {withId && name !== id && <span className="meta"> {id}</span>}
    </>
  );
}
